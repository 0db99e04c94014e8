"""The 2D plots: the contour map, the neuron, the curves."""
