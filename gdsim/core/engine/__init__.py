"""Computing runs: the compiled loop, many runs as one array, and their records."""
