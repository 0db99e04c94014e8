"""Help: keys, pages, and the tour of the window."""
