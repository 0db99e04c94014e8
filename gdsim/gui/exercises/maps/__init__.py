"""Maps of how runs end."""
