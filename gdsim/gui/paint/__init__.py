"""Painting that several panes share."""
