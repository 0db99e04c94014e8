"""The window that checks a student's own work."""
