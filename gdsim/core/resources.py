"""Where the files that come with gdsim are: in a checkout, an installed package or a frozen program."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def resource(*parts: str) -> Path:
    """Return the path of a bundled file or folder, such as ``resource("scenes", "valley.json")``.

    An installed or frozen package holds ``resources`` inside itself; a checkout has it beside the
    package.
    """
    inside = _PACKAGE / "resources"
    root = inside if inside.is_dir() else _PACKAGE.parent / "resources"
    return root.joinpath(*parts)
