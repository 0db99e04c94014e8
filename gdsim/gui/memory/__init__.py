"""The page on what a rule remembers."""
