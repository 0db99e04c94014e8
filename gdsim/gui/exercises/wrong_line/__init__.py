"""Find the wrong line: a rule with one mistake in its lines."""
