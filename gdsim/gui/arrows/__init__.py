"""The arrows of a step: which there are, how they look, and what they are called."""
