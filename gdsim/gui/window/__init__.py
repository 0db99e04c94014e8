"""The main window: its layout, its menus and shortcuts, and the connections between its parts."""
