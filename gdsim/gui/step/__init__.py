"""The page that works a step out."""
