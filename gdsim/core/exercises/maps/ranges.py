"""The ranges shown by a map of starts and by a map of two settings."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from gdsim.core.exercises.maps.axes import MapAxis
from gdsim.core.exercises.run_settings import settings_of, starts_of
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.kept_windows import KeptAxis, KeptMap
from gdsim.core.model.run import Run
from gdsim.core.settings import Setting

# The default vertical axis beside the learning rate: the first of these that a rule has.
_SECOND = ("gamma", "beta1", "beta2", "decay")
STARTS, SETTINGS = 0, 1
"""The two modes of a map."""


@dataclass(frozen=True)
class MapRange:
    """The two axes of a map, whole and as zoomed in."""

    whole: tuple[MapAxis, MapAxis]
    seen: tuple[MapAxis, MapAxis]

    @classmethod
    def of(cls, x: MapAxis, y: MapAxis) -> "MapRange":
        """Return a range that shows the whole of both axes."""
        return cls((x, y), (x, y))

    def with_axis(self, place: int, axis: MapAxis) -> "MapRange":
        """Return whole axes with one replaced; if the other has the new setting, it takes the old axis."""
        axes = list(self.seen)
        if axes[1 - place].setting.name == axis.setting.name:
            axes[1 - place] = axes[place]
        axes[place] = axis
        return MapRange.of(*axes)

    def fitted(self, settings: Mapping[str, Setting]) -> "MapRange | None":
        """Return the same range for a run's settings; None if they may not have all of it."""
        axes = [one.of_setting(settings.get(one.setting.name)) for one in (*self.whole, *self.seen)]
        fitting = [one for one in axes if one is not None]
        if len(fitting) < len(axes):
            return None
        return MapRange((fitting[0], fitting[1]), (fitting[2], fitting[3]))


def kept_axis(whole: MapAxis, seen: MapAxis) -> KeptAxis:
    """Return an axis as saved in a document."""
    part = (seen.low, seen.high) if (seen.low, seen.high) != (whole.low, whole.high) else None
    return KeptAxis(whole.setting.name, whole.low, whole.high, part, whole.log)


def kept_range(kept: KeptMap, experiment: Experiment, run: Run) -> tuple[int, MapRange] | None:
    """Return the mode and the range saved in a document; None if the run may not have them."""
    settings = settings_of(experiment, run)
    if not {kept.x.setting, kept.y.setting} <= settings.keys():
        return None
    axes = [_axes_of(one, settings[one.setting]) for one in (kept.x, kept.y)]
    if any(one.fault() for pair in axes for one in pair):
        return None
    starts = {one.name for one in starts_of(experiment)}
    mode = STARTS if {kept.x.setting, kept.y.setting} <= starts else SETTINGS
    (x, seen_x), (y, seen_y) = axes
    return mode, MapRange((x, y), (seen_x, seen_y))


def _axes_of(kept: KeptAxis, setting: Setting) -> tuple[MapAxis, MapAxis]:
    whole = MapAxis(setting, kept.low, kept.high, kept.log)
    low, high = kept.seen or (kept.low, kept.high)
    return whole, replace(whole, low=low, high=high)


def fitted_range(range_: MapRange | None, experiment: Experiment, run: Run, mode: int) -> MapRange:
    """Return a range with axes that fit a run: the given one if it fits, else the usual one."""
    fitted = range_.fitted(settings_of(experiment, run)) if range_ is not None else None
    return fitted or usual_range(experiment, run, mode)


def usual_range(experiment: Experiment, run: Run, mode: int) -> MapRange:
    """Return the default range of a mode: the drawn plane, or the learning rate and another setting."""
    settings = settings_of(experiment, run)
    starts = [one.name for one in starts_of(experiment)]
    keys = [starts[axis] for axis in experiment.slice.axes]
    if mode == SETTINGS:
        rates = [key for key in settings if key not in starts]
        others = (key for key in (*_SECOND, *rates) if key in settings and key != rates[0])
        keys = [rates[0], next(others, starts[-1])]
    return MapRange.of(*(MapAxis.of(settings[key]) for key in keys))
