"""The instrument readings of a flight as a short sound."""

import io
import math
import wave
from typing import NamedTuple

import numpy as np

from gdsim.core.exercises.flight.flight import Flight

# The sample rate in Hz, and the number of samples in a sound.
RATE, SAMPLES = 22_050, 13_230
# The pitch in Hz at the goal, and how many octaves higher it is at the start of the flight.
_AT_GOAL, _OCTAVES = 262.0, 2.0
# Pulses at a slope of 1, the most pulses, and how many a factor of ten in slope adds or removes.
_AT_ONE, MOST_PULSES, _A_DECADE = 4, 6, 2.0
_LOUDEST = 0.5 * 32767.0


class Tone(NamedTuple):
    pitch: float  # In Hz
    pan: float  # From -1, at the left, to 1, at the right
    pulses: int  # At least 1


def tone_of(flight: Flight) -> Tone:
    """Return the tone for the current readings: loss, direction of descent, and slope.

    The pitch works like an altimeter. It rises with the logarithm of the loss: 262 Hz at the goal, two
    octaves higher at the loss where the flight began, and less than two octaves more above that. The pan is
    the w component of the direction of steepest descent: left where w decreases. The pulses tell how steep
    it is: four at a slope of 1, one more or fewer for each factor of √10, from 1 to 6.
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
    """Return a tone as a WAV file of 0.6 s, in stereo with 16 bits a sample.

    Each pulse begins and ends at 0, so that nothing clicks, and rises faster than it falls. The total power
    of both channels does not depend on the pan.
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
