"""The window for finding a learning rate."""
