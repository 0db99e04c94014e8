"""The program around the window: its start and end, the self-test, and unattended recording."""
