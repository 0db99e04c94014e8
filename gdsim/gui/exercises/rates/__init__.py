"""Finding a learning rate."""
