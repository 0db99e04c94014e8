"""The location of the bundled files: in a checkout, an installed package or a frozen program."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
# An installed or frozen package contains its resources; in a checkout they lie beside the package.
_INSIDE = _PACKAGE / "resources"
_ROOT = _INSIDE if _INSIDE.is_dir() else _PACKAGE.parent / "resources"


def resource(*parts: str) -> Path:
    """Return the path of a bundled file or folder, such as ``resource("scenes", "valley.json")``."""
    return _ROOT.joinpath(*parts)
