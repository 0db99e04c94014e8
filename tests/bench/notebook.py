"""What a notebook draws for every frame: the loss surface and the path of one run, with matplotlib."""

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt

from gdsim.core.arrays import Array
from gdsim.core.surface.surface import LossSurface

WIDTH, HEIGHT = 800, 600


class Notebook:
    """A figure of a surface and a path, redrawn completely each time."""

    def __init__(self, surface: LossSurface) -> None:
        mpl.use("Agg")
        self._surface = surface
        self._w, self._b = np.meshgrid(surface.w, surface.b, indexing="ij")
        figure = plt.figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100)
        self._axes, self._canvas = figure.add_subplot(projection="3d"), figure.canvas

    def draw(self, p: Array, loss: Array) -> None:
        """Draw a run's parameters (n, 2) and losses (n,)."""
        self._axes.clear()
        self._axes.plot_surface(self._w, self._b, self._surface.loss)
        self._axes.plot(p[:, 0], p[:, 1], loss)
        self._canvas.draw()
