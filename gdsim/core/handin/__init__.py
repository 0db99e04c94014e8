"""What students hand in: tasks with data of their own, answer files, and their grading."""
