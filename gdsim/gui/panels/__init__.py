"""The tables, lists and controls that stand in the cards of the window."""
