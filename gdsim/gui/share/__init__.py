"""A scene as a link: shown, copied, drawn as a QR code, opened from a text or a picture."""
