"""Writing a scene as one HTML file that loads nothing from any server."""

import base64
import hashlib
import html
import json
import math
from pathlib import Path
from typing import Any

from gdsim import __version__
from gdsim.core.engine.runs import first_steps
from gdsim.core.engine.trajectory import Trajectory
from gdsim.core.files.atomic import replacing_text
from gdsim.core.files.checked_json import FileFault
from gdsim.core.files.link import bare_code, link_of
from gdsim.core.formulas.numerals import number, unbroken_equals
from gdsim.core.language.texts import chosen_language, said, throughout, translated
from gdsim.core.language.translations import IN_ENGLISH, Language
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import written_names
from gdsim.core.model.run import Run
from gdsim.core.model.run_style import styles_of
from gdsim.core.page.drawn import drawn_at, field_of
from gdsim.core.page.numbers import PageNumbers
from gdsim.core.page.plane import plane_of
from gdsim.core.page.steps import working_out
from gdsim.core.page.words import SAY, in_frame, words_for
from gdsim.core.progress import Progress, part_of
from gdsim.core.resources import resource
from gdsim.core.surface.sampling import surface_of

# The most numbers in a page, which make it some 20 MB large; longer runs are cut to their first steps.
_MOST_NUMBERS = 1_800_000
# The parts of the page's program, in order.
SCRIPTS = (
    *("words", "numerals", "steps", "record", "style", "chart"),
    *("drawn", "map", "curves", "camera", "surface", "page"),
)
_SUMMARY_DIGITS = 6


def writing_page(
    path: Path, experiment: Experiment, selected: int = 0, language: Language = IN_ENGLISH
) -> Progress[None]:
    """Compute all runs and write the page atomically, yielding the completed share."""
    text = yield from page_of(experiment, selected, language)
    with replacing_text(path) as out:
        out.write(text)


def page_of(experiment: Experiment, selected: int = 0, language: Language = IN_ENGLISH) -> Progress[str]:
    """Return the page of a scene in a language; it first shows the run at index ``selected``."""
    return throughout(language, _page_of(experiment, selected))


def _page_of(experiment: Experiment, selected: int) -> Progress[str]:
    numbers, steps = PageNumbers(), _steps_with_room(experiment)
    runs: list[dict[str, Any]] = []
    lines: list[str] = []
    styles, count = styles_of(experiment.runs), max(1, len(experiment.runs))
    surface = surface_of(experiment, experiment.plane(selected))
    for index, (run, style) in enumerate(zip(experiment.runs, styles, strict=True)):
        done = index / count
        record = yield from part_of(first_steps(experiment, run, steps), done, done + 0.4 / count)
        whole = working_out(experiment, run, record.whole, numbers)
        worked_out = yield from part_of(whole, done + 0.4 / count, done + 0.95 / count)
        is_cut = record.stop is None and record.last_step < experiment.total_steps(run)
        seen = drawn_at(experiment, surface, record.whole.p, numbers)
        drawn = yield from part_of(seen, done + 0.95 / count, done + 1.0 / count)
        runs.append(
            _run(experiment, run, record, numbers, cut=is_cut) | worked_out | drawn | {"style": style}
        )
        lines.append(_in_words(experiment, run, record, cut=is_cut))
    data = {
        "language": words_for(source_of_page()),
        "parameters": written_names(experiment.points.dimension),
        "points": len(experiment.points),
        "selected": selected,
        "runs": runs,
        "plane": plane_of(experiment, surface),
        "field": field_of(surface) if experiment.drawn.field else [],
        "numbers": numbers.to_text(),
    }
    return _filled(experiment, data, lines)


def _steps_with_room(experiment: Experiment) -> int:
    """Return how many steps of each run fit into a page."""
    width = experiment.points.dimension + 1
    # For each parameter: its value, the lines and the memory. Once: the loss, the rates and the batch size.
    row = sum(
        width * (1 + len(run.optimizer.update_rule.program.lines) + len(run.optimizer.update_rule.letters))
        + 4
        for run in experiment.runs
    )
    return max(1, _MOST_NUMBERS // max(1, row))


def _run(
    experiment: Experiment, run: Run, record: Trajectory, numbers: PageNumbers, *, cut: bool
) -> dict[str, Any]:
    clock, columns = experiment.clock(run), record.whole
    return {
        "name": run.shown_name,
        "rule": translated(run.optimizer.title),
        "colour": run.colour,
        "hidden": run.hidden,
        "parent": run.fork.parent.shown_name if run.fork else "",
        "rows": len(record),
        "cut": cut,
        "perEpoch": clock.per_epoch,
        "epoch0": clock.epoch0,
        "p": numbers.keep_each(columns.p),
        "loss": numbers.keep(columns.loss),
    }


def _in_words(experiment: Experiment, run: Run, record: Trajectory, *, cut: bool) -> str:
    """Summarize a run in a few sentences, for readers without pictures or without JavaScript."""
    names, columns = written_names(experiment.points.dimension), record.whole
    first, last = columns.p[0].tolist(), columns.p[-1].tolist()
    title = run.optimizer.title
    name = run.shown_name if run.name == title else f"{run.shown_name} ({translated(title)})"
    step, loss = experiment.clock(run).first + record.last_step, float(columns.loss[-1])
    here, there = _places(names, first), _places(names, last)
    if run.fork:
        begins = said(
            "{name} branches off from {parent} after step {left} at {here}, and is at {there} after "
            "step {step}",
            name=name,
            parent=run.fork.parent.shown_name,
            left=run.fork.step,
            here=here,
            there=there,
            step=step,
        )
    else:
        begins = said(
            "{name} starts at {here}, and is at {there} after step {step}",
            name=name,
            here=here,
            there=there,
            step=step,
        )
    if not math.isnan(loss):
        begins = said("{begins}, with L = {loss}", begins=begins, loss=number(loss, _SUMMARY_DIGITS))
    sentences = [f"{begins}."]
    if record.stop:
        sentences.append(record.stop.sentence)
    if cut:
        sentences.append(said("The page holds no later steps."))
    return unbroken_equals(" ".join(sentences))


def _places(names: tuple[str, ...], values: list[float]) -> str:
    return ", ".join(
        f"{name} = {number(value, _SUMMARY_DIGITS)}" for name, value in zip(names, values, strict=True)
    )


def _filled(experiment: Experiment, data: dict[str, Any], lines: list[str]) -> str:
    script, style = source_of_page(), _part("page.css")
    title = " ".join(translated(experiment.title).split()) or said("Gradient descent")
    made = said(
        "Made by gdsim {version}. This page holds all of its numbers and loads nothing.", version=__version__
    )
    pieces = {
        "policy": page_policy(style=style, script=script),
        "version": __version__,
        "language": chosen_language().code,
        "title": html.escape(title),
        "about": "".join(
            f"<p>{html.escape(one)}</p>" for one in translated(experiment.about).splitlines() if one.strip()
        ),
        "link": _link(experiment),
        "runs": "".join(f"<li>{html.escape(one)}</li>" for one in lines),
        "made": html.escape(made),
        "style": style,
        # Escaped, so that no text of a user can close the element around the data.
        "data": json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":")).replace(
            "<", "\\u003c"
        ),
        "script": script,
    }
    # In one pass, so that nothing is substituted within an inserted text.
    first, *others = _part("page.html").split("{{")
    filled = [first]
    for other in others:
        name, _, rest = other.partition("}}")
        filled += [in_frame(name.removeprefix(SAY)) if name.startswith(SAY) else pieces[name], rest]
    return "".join(filled)


def page_policy(*, style: str, script: str = "") -> str:
    """Return a content security policy that allows a page its own style and script, and to load nothing."""
    own = f"script-src {_hash(script)}; " * bool(script) + f"style-src {_hash(style)}"
    return f"default-src 'none'; {own}; img-src data:; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _link(experiment: Experiment) -> str:
    try:
        link = link_of(experiment)
    except FileFault:
        words = said("The scene is too large for a link: its file opens it in gdsim.")
        return f"<p>{html.escape(words)}</p>"
    words, code = said("Open this scene in gdsim"), said("Its code, to be pasted there:")
    return (
        f'<p><a href="{html.escape(link)}">{html.escape(words)}</a>. {html.escape(code)}</p>'
        f'<p><code id="code" tabindex="0">{html.escape(bare_code(link))}</code></p>'
    )


def source_of_page() -> str:
    """Return the JavaScript program that all pages share."""
    return "\n".join(_part(f"{name}.js") for name in SCRIPTS)


def _part(name: str) -> str:
    return resource("page", name).read_text(encoding="utf-8").strip() + "\n"
