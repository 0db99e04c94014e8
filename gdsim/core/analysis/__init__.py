"""What is seen in a run: a step worked out, curves, arrows, memory, and why it goes so."""
