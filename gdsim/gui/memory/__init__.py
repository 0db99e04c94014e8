"""The page that shows the memory of a rule."""
