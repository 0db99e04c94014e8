"""The outcome of input that may be refused."""


def outcome(function, source, refused):
    """Return the result of a function and None, or None and the message if it raises ``refused``."""
    try:
        return function(source), None
    except refused as fault:
        return None, str(fault)
