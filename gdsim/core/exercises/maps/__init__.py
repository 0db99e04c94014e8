"""Maps of how runs end: each pixel is a run from another start, or with other settings."""
