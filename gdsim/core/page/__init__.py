"""A scene as a page: one HTML file for any browser that contains all of its numbers."""
