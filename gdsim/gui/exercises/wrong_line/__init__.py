"""Find the wrong line: spotting the mistake in the lines of a rule."""
