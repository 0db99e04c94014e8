import pytest


@pytest.fixture(autouse=True)
def _plain_application(request):
    """Take the theme off again: it is the whole application's."""
    yield
    if "qapp" in request.fixturenames:
        app = request.getfixturevalue("qapp")
        app.setStyleSheet("")
        app.setPalette(app.style().standardPalette())
