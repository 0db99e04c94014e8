import pytest

from gdsim.session.tasks import TaskQueue


@pytest.fixture
def chore(qtbot):
    chore = TaskQueue()
    yield chore
    chore.close()
