"""A scene as a page: one HTML file that any browser shows, with all of its numbers inside."""
