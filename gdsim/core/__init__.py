"""Pure functions over frozen values: everything gdsim knows about gradient descent."""
