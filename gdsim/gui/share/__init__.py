"""Sharing a scene as a link or a QR code, and opening scenes from links and pictures."""
