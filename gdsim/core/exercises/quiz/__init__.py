"""Questions about error surfaces, made from random point sets, with computed answers."""
