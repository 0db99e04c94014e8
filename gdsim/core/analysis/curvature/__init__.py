"""How strongly the loss curves where a run is, and how large a rate the run's rule bears there."""
