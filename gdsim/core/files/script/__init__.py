"""An experiment as a Python script that stands alone, written like the code of a lecture."""
