"""Tasks with individual data for each student, the answer files that students hand in, and their grading."""
