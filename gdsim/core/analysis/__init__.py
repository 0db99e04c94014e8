"""What can be seen in a run: a step worked out, curves, arrows, memory, and the reasons for what it does."""
