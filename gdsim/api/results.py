"""What a scene gives beside its runs: the surface, a step worked out, a verdict on somebody's work."""

from dataclasses import dataclass

from gdsim.api.tables import text
from gdsim.core.analysis.worked import WorkedStep
from gdsim.core.analysis.worked_text import as_latex, as_markdown, as_text, as_tree
from gdsim.core.arrays import Array
from gdsim.core.surface.surface import LowestPlace


@dataclass(frozen=True, eq=False, repr=False)
class Surface:
    """The loss over a part of the plane. No array can be written to."""

    # Along both axes: w and b, or of several inputs the two parameters that the scene draws; see ``names``.
    w: Array  # (W,)
    b: Array  # (B,)
    loss: Array  # (W, B): at every w and b
    # Its lowest place: w, b, loss, and in ``kind`` whether it is a minimum or only the lowest in view.
    minimum: LowestPlace
    fixed: tuple[float, ...]  # The weights that are not drawn, of a neuron with several inputs
    # The most by which a loss may be wrong: more than 0 over very many points. Where the surface
    # is of a sample of them, it is three standard errors.
    error_bound: float
    names: tuple[str, str]  # Of both axes, such as ``("w₁", "b")``

    def __repr__(self) -> str:
        """Return the shape and the lowest place."""
        low = self.minimum
        across, up = self.names
        place = f"{across} = {low.w:.6g}, {up} = {low.b:.6g}, loss {low.loss:.6g}"
        return f"<surface of {len(self.w)} x {len(self.b)} losses, lowest at {place} ({low.kind.value})>"


@dataclass(frozen=True, eq=False, repr=False)
class Step:
    """An update worked out. A notebook shows it as a table; ``print`` writes it line by line."""

    worked: WorkedStep

    @property
    def markdown(self) -> str:
        """The step as a table in Markdown."""
        return as_markdown(self.worked)

    @property
    def latex(self) -> str:
        """The step as LaTeX, of the package amsmath."""
        return as_latex(self.worked)

    @property
    def tree(self) -> dict[str, object]:
        """The step as JSON has it, with every value unrounded."""
        return as_tree(self.worked)

    def __repr__(self) -> str:
        """Return the step as plain text."""
        return as_text(self.worked)

    def _repr_markdown_(self) -> str:
        return self.markdown


@dataclass(frozen=True)
class Verdict:
    """What there is to say of somebody's own values of a run."""

    is_right: bool
    wrong_step: int | None  # The first step that is wrong
    sentences: tuple[str, ...]

    def __str__(self) -> str:
        """Return the sentences, one on each line."""
        return "\n".join(self.sentences)

    def _repr_html_(self) -> str:
        return "".join(f"<p>{text(sentence)}</p>" for sentence in self.sentences)
