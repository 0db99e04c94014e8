"""The contour quiz."""
