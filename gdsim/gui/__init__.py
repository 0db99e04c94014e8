"""Widgets and plots. Shows values, emits intents, computes nothing."""
