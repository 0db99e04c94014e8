"""gdsim, the flight simulator of gradient descent.

The package has five layers; imports go right, never left::

    __main__ > cli > gui > session > core

``core``     pure functions over frozen values: the neuron, the rules, the engine, the surface.
             It knows numpy and contourpy, and nothing of Qt, threads, wall time or colour.
``session``  the state of an open document: undo, the worker thread, playback. QtCore only.
``gui``      widgets and plots. Shows values and emits what a person does; computes nothing.
``cli``      the command line; imports ``gui`` only when a window is asked for.

An edit makes a new `Experiment`. The difference between the old value and the new one decides
what is computed again. The worker yields chunks of steps; playback only moves an index over them.
"""

__version__ = "0.1.0"
