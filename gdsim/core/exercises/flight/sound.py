"""What the instruments of a flight read, as a short sound."""

import io
import math
import wave
from typing import NamedTuple

import numpy as np

from gdsim.core.exercises.flight.flight import Flight

# Samples a second, and how many of them a sound has.
RATE, SAMPLES = 22_050, 13_230
# The pitch in Hz at a goal; so many octaves above it is that of the loss where the flight begins.
_AT_GOAL, _OCTAVES = 262.0, 2.0
# Pulses at a slope of 1, and the most there are; a factor of ten makes so many more or fewer.
_AT_ONE, MOST_PULSES, _A_DECADE = 4, 6, 2.0
_LOUDEST = 0.5 * 32767.0


class Tone(NamedTuple):
    pitch: float  # In Hz
    pan: float  # From -1, at the left, to 1, at the right
    pulses: int  # At least 1


def tone_of(flight: Flight) -> Tone:
    """Return how it sounds what the instruments read now: loss, direction of descent, and slope.

    The pitch is that of an altimeter: it rises with the logarithm of the loss, from 262 Hz at the goal by two
    octaves to where the flight began, and by less than two more above that. The pan is the part of w in the
    direction of steepest descent: at the left where w falls. The pulses tell how fast the loss falls there:
    four at a slope of 1, one more or fewer for each factor of √10, from 1 to 6.
    """
    goal = flight.course.level.goal
    share = math.log(max(flight.here.loss / goal, 1.0)) / math.log(flight.readings[0].loss / goal)
    octaves = _OCTAVES * (share if share <= 1.0 else 2.0 - 1.0 / share)
    if flight.slope == 0.0:  # far away on a plateau: no direction leads down
        return Tone(_AT_GOAL * 2.0**octaves, 0.0, 1)
    pulses = _AT_ONE + round(_A_DECADE * math.log10(flight.slope))
    pan = -float(flight.here.gradient[0]) / flight.slope
    return Tone(_AT_GOAL * 2.0**octaves, pan, min(max(pulses, 1), MOST_PULSES))


def wav_of(tone: Tone) -> bytes:
    """Return a tone as a WAV file of 0.6 s: two channels of 16 bits.

    Each pulse begins and ends at 0, so that nothing clicks, and rises faster than it falls. Both channels
    together are equally loud wherever the tone comes from.
    """
    samples = np.arange(SAMPLES)
    within = samples * tone.pulses / SAMPLES % 1.0
    pressure = np.sin(math.tau * tone.pitch / RATE * samples) * np.sin(np.pi * np.sqrt(within)) ** 2
    angle = (tone.pan + 1.0) * math.pi / 4.0
    channels = np.outer(_LOUDEST * pressure, (math.cos(angle), math.sin(angle)))
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(2)
        written.setsampwidth(2)
        written.setframerate(RATE)
        written.writeframes(np.round(channels).astype("<i2").tobytes())
    return file.getvalue()
