"""The page that says why a run does what it does."""
