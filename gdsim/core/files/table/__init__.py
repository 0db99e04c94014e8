"""Tables of numbers as people keep them: found out, read, chosen from, and written."""
