"""Exercises: own work checked, the contour quiz, predictions, guesses, learning rates."""
