"""The curves of the runs over their steps."""
