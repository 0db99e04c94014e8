"""What the caller got wrong, said in one line."""

import argparse
from typing import NoReturn


class UsageError(Exception):
    """Something the caller got wrong; its text is the one line that says so."""


class Parser(argparse.ArgumentParser):
    """Reports a fault in one line."""

    def error(self, message: str) -> NoReturn:
        """Raise what is wrong, where argparse would end the process."""
        raise UsageError(f"{self.prog}: {message}")


def unwritable(name: object, error: OSError) -> UsageError:
    """Return the fault that a file, or standard output, cannot be written."""
    return UsageError(f"{name}: cannot be written: {error.strerror or error}")


def file_name(text: str) -> str:
    """Return the name of a file. An empty one would mean this folder."""
    if not text:
        raise argparse.ArgumentTypeError("must not be empty")
    return text
