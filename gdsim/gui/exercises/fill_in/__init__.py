"""Fill in a step: the results of a rule's lines are worked out and typed."""
