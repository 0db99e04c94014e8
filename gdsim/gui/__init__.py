"""Widgets and plots. Shows values, emits what a person does, computes nothing."""
