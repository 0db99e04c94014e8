"""Points from elsewhere and back: files, the clipboard, generators."""
