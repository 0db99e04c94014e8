import pytest

from gdsim.session.tasks import TaskQueue


@pytest.fixture
def tasks(qtbot):
    tasks = TaskQueue()
    yield tasks
    tasks.close()
