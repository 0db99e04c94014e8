"""The arrows of a step: which are shown, how they look, and what they are called."""
