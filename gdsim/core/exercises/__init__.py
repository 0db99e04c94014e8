"""Exercises: checking one's own work, the contour quiz, predictions, guesses, learning rates."""
