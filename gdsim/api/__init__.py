"""gdsim for programs and notebooks, without a window and without Qt.

``import gdsim`` has all of it, and loads it when it is first asked for::

    scene = gdsim.open_scene("valley")
    run = scene["Momentum"]
    run.w, run.b, run.loss
    scene.figure()

Values never change: each ``with_…`` of a scene returns another scene. What is wrong is said in a `ValueError`
of one line, and a run that there is not in a `KeyError`.
"""
