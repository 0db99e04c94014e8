"""Guess work: a neuron that is moved by hand."""
