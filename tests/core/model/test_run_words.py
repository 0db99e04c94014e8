from dataclasses import replace

from gdsim.core.model.batching import MINI_BATCH
from gdsim.core.model.run import Fork, Run
from gdsim.core.model.run_words import full_settings


def test_what_decides_the_numbers_of_a_run_is_said():
    run = Run(batching=MINI_BATCH(size=2, shuffle=True))
    others = [replace(run, seed=7), replace(run, fork=Fork(run, 3))]
    others += [replace(run, fork=replace(others[-1].fork, **changed)) for changed in (
        {"nudge": (0.25, -0.5)}, {"keeps_memory": False}
    )]  # fmt: skip
    words = [full_settings(one) for one in (run, *others)]
    assert len(set(words)) == len(words)
    assert "nudged by 0.25, −0.5" in words[3]
    assert "seed" not in full_settings(replace(run, batching=MINI_BATCH(size=2)))
