"""Fields, editors and forms for entering settings, and the handling of invalid input."""
