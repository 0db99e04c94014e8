"""A run's settings in a few words."""

from PySide6.QtCore import QCoreApplication

from gdsim.core.formulas.numerals import rounded
from gdsim.core.formulas.rule_text import typeset
from gdsim.core.model.experiment import Run
from gdsim.core.rules.schedules import Constant, ConstantMomentum
from gdsim.core.settings import Declared, params

_DIGITS = 4


def _tr(text: str) -> str:
    return QCoreApplication.translate("RunText", text)


def short_settings(run: Run) -> str:
    """Return the hyperparameters that were chosen, such as ``"η 1  γ 0.9"``; then what else is unusual."""
    words = [_setting(run.optimizer, name) for name in ("eta", "gamma") if hasattr(run.optimizer, name)]
    words += [
        _setting(run.optimizer, param.name)
        for param in params(type(run.optimizer))
        if param.name not in ("eta", "gamma") and getattr(run.optimizer, param.name) != param.default
    ]
    if run.regime.id != "batch":
        size = getattr(run.regime, "size", 1)
        words.append(f"B {size}")
    if not isinstance(run.schedule, Constant):
        words.append(run.schedule.title)
    if not isinstance(run.momentum_schedule, ConstantMomentum):
        words.append(run.momentum_schedule.title)
    return "  ".join(words)


def full_settings(run: Run) -> str:
    """Return everything that decides a run's numbers, as a sentence for a tooltip or a screen reader."""
    *weights, bias = (rounded(value) for value in run.start)
    parts = [
        run.optimizer.title,
        *_settings(run.optimizer),
        run.regime.title,
        *_settings(run.regime),
        _tr("schedule {0}").format(run.schedule.title),
        *_settings(run.schedule),
    ]
    if run.has_momentum:
        parts += [
            _tr("γ schedule {0}").format(run.momentum_schedule.title),
            *_settings(run.momentum_schedule),
        ]
    parts += [
        _tr("start w {0}, b {1}").format(" ".join(weights), bias),
        _tr("{0} epochs").format(run.epochs),
    ]
    return ", ".join(parts)


def _settings(declared: Declared) -> list[str]:
    return [_setting(declared, param.name) for param in params(type(declared))]


def _setting(declared: Declared, name: str) -> str:
    param = next(one for one in params(type(declared)) if one.name == name)
    value = getattr(declared, name)
    if isinstance(value, bool):
        return param.label if value else _tr("no {0}").format(param.label)
    return f"{typeset(param.symbol)} {rounded(value, _DIGITS)}"
