"""The page that explains why a run does what it does."""
