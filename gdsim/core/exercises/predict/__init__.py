"""Predict, then reveal: where a run lands, or which of three runs gets lowest, and why."""
