"""Predict, then reveal: where a run lands, which of three runs gets lowest, and why."""
