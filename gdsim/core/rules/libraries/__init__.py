"""The optimizers and schedules of PyTorch, Keras and Optax, as their own code computes them."""
