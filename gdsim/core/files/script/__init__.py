"""Standalone Python scripts of experiments, written like the code of the lecture."""
