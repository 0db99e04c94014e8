"""The window: where everything stands, and what menus and keys do."""
