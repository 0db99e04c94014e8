"""Exercises of the lecture: own work checked, a rate found."""
