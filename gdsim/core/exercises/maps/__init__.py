"""Maps of how runs end, in which each pixel is a run with its own start or settings."""
