"""Rules of a person's own: typed, edited, and asked about where they come from elsewhere."""
