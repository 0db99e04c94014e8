"""User-defined rules: typing and editing them, and asking before those of others are computed."""
