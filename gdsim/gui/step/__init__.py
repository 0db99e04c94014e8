"""The pages on the current step: worked out, as code, and its limit."""
