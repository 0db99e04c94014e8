"""The windows of the exercises, which open beside the main window."""
