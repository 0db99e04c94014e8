"""The objective: the choice of a neuron and its loss, or of a function of w and b."""
