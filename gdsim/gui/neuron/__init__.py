"""The pane of the neuron: the points, and the curve of every run."""
