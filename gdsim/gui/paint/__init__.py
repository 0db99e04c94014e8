"""Painting code that several panes share."""
