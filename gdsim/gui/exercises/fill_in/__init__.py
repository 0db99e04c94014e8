"""Fill in a step: working out the results of a rule's lines and typing them."""
