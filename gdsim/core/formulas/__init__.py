"""Formulas: one language, one tree, and what is written of it."""
