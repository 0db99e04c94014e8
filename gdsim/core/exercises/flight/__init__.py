"""Instrument flight."""
