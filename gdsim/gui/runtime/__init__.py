"""The program around the window: its start, what the machine can draw, pictures without a person."""
