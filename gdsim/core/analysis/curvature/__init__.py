"""The curvature of the loss where a run is, and the largest rate at which its rule is stable there."""
