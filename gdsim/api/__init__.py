"""gdsim for programs and notebooks, without a window and without Qt.

All of it is available from ``import gdsim``, which loads it on first use::

    scene = gdsim.open_scene("valley")
    run = scene["Momentum"]
    run.w, run.b, run.loss
    scene.figure()

Scenes are immutable: their ``with_…`` methods return another scene. Invalid arguments raise a `ValueError` or
`TypeError` with a message of one line, and unknown runs raise `NoSuchRun`, which is a `KeyError`.
"""
