import pytest
from gdsim.session.chore import Chore


@pytest.fixture
def chore(qtbot):
    chore = Chore()
    yield chore
    chore.close()
