"""Documents in files: opening them, saving them, and recovering unsaved work."""
