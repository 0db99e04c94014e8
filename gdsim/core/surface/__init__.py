"""The error surface: sampled losses, contours, the minimum, the valley."""
