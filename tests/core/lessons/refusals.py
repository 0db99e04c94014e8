"""What comes of input that may be refused."""


def outcome(function, source, refused):
    """Return what a function gives, or None and the words with which it refuses."""
    try:
        return function(source), None
    except refused as fault:
        return None, str(fault)
