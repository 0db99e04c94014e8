"""Playback: its controls, and how much is computed."""
