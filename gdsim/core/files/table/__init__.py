"""Tables of points: their format is detected, columns are chosen, and points are written as tables."""
