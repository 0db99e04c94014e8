"""The sound of a flight, measured in its samples."""

import io
import math
import wave
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.exercises.flight.course import FLIGHT_LEVELS, Course
from gdsim.core.exercises.flight.flight import Flight, code_of_flights, read_code
from gdsim.core.exercises.flight.sound import Tone, tone_of, wav_of
from tests.core.exercises.test_flight import COURSES, MOVES, flown
from tests.every import every

FULL = 32767.0


def channels(sound):
    """Return the samples (n, 2) of a sound, and how many there are a second."""
    with wave.open(io.BytesIO(sound)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getcomptype()) == (2, 2, "NONE")
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
        return samples.astype(float), file.getframerate()


def heard_pitch(sound):
    """Return the frequency of the strongest part of both channels together, in Hz."""
    samples, rate = channels(sound)
    spectrum = sum(np.abs(np.fft.rfft(one, 1 << 17)) ** 2 for one in samples.T)
    return int(spectrum.argmax()) * rate / (1 << 17)


def heard_pan(sound):
    """Return where a sound comes from by the energy of its channels: from -1, at the left, to 1."""
    left, right = np.sqrt((channels(sound)[0] ** 2).sum(axis=0))
    return math.atan2(right, left) * 4.0 / math.pi - 1.0


def heard_pulses(sound):
    """Return how often the sound rises from hardly anything to something loud."""
    samples, _ = channels(sound)
    blocks = np.abs(samples).max(axis=1)
    blocks = blocks[: len(blocks) // 100 * 100].reshape(-1, 100).max(axis=1) / blocks.max()
    loud = [level > 0.5 for level in blocks if not 0.2 < level <= 0.5]
    return sum(now and not before for before, now in pairwise([False, *loud]))


def reading(flight, *, loss=None, gradient=None):
    """Return a flight whose instruments read something else now."""
    here = flight.here
    changed = here._replace(
        loss=here.loss if loss is None else loss,
        gradient=here.gradient if gradient is None else np.array(gradient),
    )
    return Flight(flight.course, flight.moves, (*flight.readings, changed))


@given(COURSES, st.lists(MOVES, min_size=2, max_size=6))
def test_the_lower_the_loss_the_lower_the_pitch(course, moves):
    flight = flown(course, moves)
    goal, start = course.level.goal, flight.loss[0]
    losses = sorted({*flight.loss, goal, 3.0 * goal, 0.5 * start, start})
    pitches = [heard_pitch(wav_of(tone_of(reading(flight, loss=one)))) for one in losses]
    assert all(low <= high for low, high in pairwise(pitches)), list(zip(losses, pitches, strict=True))
    assert len(set(pitches[losses.index(goal) : losses.index(start) + 1])) >= 4
    assert pitches[losses.index(goal)] == pytest.approx(262.0, abs=0.5)
    assert pitches[losses.index(start)] == pytest.approx(1048.0, abs=0.5)


def test_losses_without_end_stay_between_the_goal_and_four_octaves_above_it():
    flight = Flight(Course(1, 5))
    pitches = [heard_pitch(wav_of(tone_of(reading(flight, loss=one)))) for one in (0.0, 1e-9, 1e9, 1e300)]
    assert pitches[0] == pitches[1] == pytest.approx(262.0, abs=0.5)
    assert 1048.0 < pitches[2] < pitches[3] < 16.0 * 262.0


@given(COURSES, st.lists(MOVES, max_size=5))
def test_it_comes_from_where_w_goes_on_the_way_down(course, moves):
    flight = flown(course, moves)
    loss, (w, b) = course.experiment.training.loss, flight.here.place
    slopes = [(loss(np.array(more)) - loss(np.array(less))) / 2e-5 for more, less in (
        ((w + 1e-5, b), (w - 1e-5, b)), ((w, b + 1e-5), (w, b - 1e-5)),
    )]  # fmt: skip
    length = math.hypot(*slopes)
    if length > 1e-3:  # below that the differences are rounding
        assert heard_pan(wav_of(tone_of(flight))) == pytest.approx(-slopes[0] / length, abs=0.01)


def test_level_ground_is_heard_in_the_middle():
    tone = tone_of(reading(Flight(Course(5, 1)), gradient=(0.0, 0.0)))
    assert heard_pan(wav_of(tone)) == pytest.approx(0.0, abs=1e-3)
    assert heard_pulses(wav_of(tone)) == 1


@every(
    ("slope", "pulses"),
    [(1e-9, 1), (0.03, 1), (0.1, 2), (0.3, 3), (1.0, 4), (3.0, 5), (10.0, 6), (1e9, 6)],
)
def test_the_steeper_it_is_the_more_pulses_there_are(slope, pulses):
    for number in range(len(FLIGHT_LEVELS)):
        flight = reading(Flight(Course(number, 3)), gradient=(0.6 * slope, -0.8 * slope))
        assert heard_pulses(wav_of(tone_of(flight))) == pulses


@given(COURSES, st.lists(MOVES, max_size=4))
def test_the_same_flight_sounds_the_same_and_has_no_click(course, moves):
    flight = flown(course, moves)
    sound = wav_of(tone_of(flight))
    assert sound == wav_of(tone_of(read_code(code_of_flights([flight]))[0]))
    samples, rate = channels(sound)
    assert 0.3 <= len(samples) / rate <= 0.7
    assert np.abs(samples).max() <= 0.5 * FULL + 1.0
    assert np.abs(samples[[0, -1]]).max() <= 0.01 * FULL
    # From one sample to the next it moves no more than a steady tone of its pitch and loudness.
    steady = 0.5 * FULL * 2.0 * math.pi * tone_of(flight).pitch / rate
    assert np.abs(np.diff(samples, axis=0)).max() <= 1.05 * steady + 1.0


@every("pan", [-1.0, -0.4, 0.0, 0.7, 1.0])
def test_it_is_equally_loud_from_every_side(pan):
    samples, _ = channels(wav_of(Tone(440.0, pan, 3)))
    middle, _ = channels(wav_of(Tone(440.0, 0.0, 3)))
    assert (samples**2).sum() == pytest.approx((middle**2).sum(), rel=1e-3)
