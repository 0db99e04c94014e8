"""Documents in files: opening, saving, and never losing work."""
