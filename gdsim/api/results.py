"""The results of a scene other than runs: the surface, a worked step, and the verdict on a user's values."""

from dataclasses import dataclass

from gdsim.api.html_tables import html_text
from gdsim.core.analysis.worked import WorkedStep
from gdsim.core.analysis.worked_text import as_latex, as_markdown, as_text, as_tree
from gdsim.core.arrays import Array
from gdsim.core.surface.surface import LowestPlace


@dataclass(frozen=True, eq=False, repr=False)
class Surface:
    """The loss over a part of the plane. All arrays are read-only."""

    # The values along both axes: w and b, or for several inputs the two parameters that the scene draws.
    w: Array  # (W,)
    b: Array  # (B,)
    loss: Array  # (W, B): at every w and b
    # The lowest place: w, b, loss, and in ``kind`` whether it is a minimum or only the lowest in view.
    minimum: LowestPlace
    fixed: tuple[float, ...]  # The parameters that are not drawn, for several inputs
    # The greatest error of a loss, which is above 0 with very many points. If the surface is computed
    # from a sample of them, this is three standard errors.
    error_bound: float
    names: tuple[str, str]  # The names of the two axes, such as ``("w₁", "b")``

    def __repr__(self) -> str:
        low = self.minimum
        across, up = self.names
        place = f"{across} = {low.w:.6g}, {up} = {low.b:.6g}, loss {low.loss:.6g}"
        return f"<surface of {len(self.w)} x {len(self.b)} losses, lowest at {place} ({low.kind.value})>"


@dataclass(frozen=True, eq=False, repr=False)
class Step:
    """A worked update. A notebook shows it as a table; ``print`` writes it line by line."""

    worked: WorkedStep

    @property
    def markdown(self) -> str:
        """The step as a table in Markdown."""
        return as_markdown(self.worked)

    @property
    def latex(self) -> str:
        """The step as LaTeX, for the package amsmath."""
        return as_latex(self.worked)

    @property
    def tree(self) -> dict[str, object]:
        """The step as a tree for JSON, with all values unrounded."""
        return as_tree(self.worked)

    def __repr__(self) -> str:
        return as_text(self.worked)

    def _repr_markdown_(self) -> str:
        return self.markdown


@dataclass(frozen=True)
class Verdict:
    """The verdict on a user's own values of a run."""

    is_right: bool
    wrong_step: int | None  # The first step that is wrong
    sentences: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(self.sentences)

    def _repr_html_(self) -> str:
        return "".join(f"<p>{html_text(sentence)}</p>" for sentence in self.sentences)
