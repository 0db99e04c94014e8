"""A window in which the tests of rules work."""

import pytest

from gdsim.core.model.experiment import new_experiment
from tests.gui.shared_window import shared


@pytest.fixture
def window(qtbot):
    return shared(qtbot, new_experiment(), painted=False)[0]
