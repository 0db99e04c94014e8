"""Checking own work."""
