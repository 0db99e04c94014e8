"""The pane of the neuron: points, and the sigmoid of every run."""
