"""What is computed: points, the neuron, batching, runs; and the edits of all that."""
