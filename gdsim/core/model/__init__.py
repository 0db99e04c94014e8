"""The model of what to compute: points, objectives, batching and runs, and edits of all of these."""
