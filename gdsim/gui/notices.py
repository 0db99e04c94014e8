"""What commands tell the user."""

from PySide6.QtCore import QObject, Signal


class Notices(QObject):
    """Emits sentences for the user, which the window shows. The parts of a command emit its own signals."""

    refused = Signal(str)  # why something was not done
    told = Signal(str, object)  # what was done; and the Path of the file that was written, or None
