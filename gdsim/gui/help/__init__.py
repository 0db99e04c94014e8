"""Help: the list of keys, the user guide, and the tour of the window."""
