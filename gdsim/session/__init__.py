"""The state of an open document: undo, the worker thread, playback. QtCore only."""
