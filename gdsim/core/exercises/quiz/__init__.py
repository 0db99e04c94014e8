"""Questions about error surfaces: made from random point sets, with answers that are computed."""
