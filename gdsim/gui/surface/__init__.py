"""The error surface in 3D, with OpenGL or painted."""
