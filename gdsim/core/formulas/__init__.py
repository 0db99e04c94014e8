"""Formulas: their language, the tree that a formula is read into, and the printers of that tree."""
