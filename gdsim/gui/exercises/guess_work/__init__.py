"""Guess work: moving a neuron by hand."""
