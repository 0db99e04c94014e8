"""Declared settings and the domains that check them."""

import math
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core import settings as module
from gdsim.core.language.texts import speaking
from gdsim.core.language.translations import read_language
from gdsim.core.model.batching import BATCHINGS
from gdsim.core.model.generators import DRAW, GENERATORS
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import MOMENTUM_SCHEDULES, SCHEDULES
from gdsim.core.settings import (
    BELOW_ONE,
    COUNT,
    EPOCHS,
    NOT_NEGATIVE,
    NUMBER,
    POSITIVE,
    SEED,
    SWITCH,
    Definition,
    Domain,
    InvalidValue,
    Setting,
    as_in_file,
    between,
    by_id,
    printable,
    whole,
)
from tests.core.strategies import values
from tests.every import every

DOMAINS = {name: value for name, value in vars(module).items() if isinstance(value, Domain)}
NO_NUMBERS: list[object] = [None, "1", [], {}, True, False, math.nan, math.inf, -math.inf, 10**400, 1j]


@pytest.mark.parametrize("name", DOMAINS)
@given(data=st.data())
def test_a_domain_accepts_its_values_as_its_own_type(name, data):
    domain = DOMAINS[name]
    value = data.draw(values(domain))
    checked = domain.check(value)
    assert checked == value
    assert type(checked) is domain.kind


@every("name", [name for name in DOMAINS if name != "SWITCH"])
@every("bad", NO_NUMBERS, ids=as_in_file)
def test_what_is_no_number_is_refused(name, bad):
    domain = DOMAINS[name]
    is_float = isinstance(bad, (float, int)) and not isinstance(bad, bool)
    words = domain.in_words if is_float else domain.in_plain_words
    with pytest.raises(InvalidValue, match=f"must be {words}, not"):
        domain.check(bad)


@every(
    ("domain", "inside", "outside"),
    [
        (NUMBER, [0, -1e100, 1e100], [1.01e100, -1.01e100]),
        (POSITIVE, [5e-324, 1, 1.7e308], [0, -0.0, -1]),
        (NOT_NEGATIVE, [0, -0.0, 1.7e308], [-5e-324]),
        (BELOW_ONE, [0, 0.5, math.nextafter(1.0, 0.0)], [1, 1.5, -1e-9]),
        (COUNT, [1, 2.0, 10**300], [0, -1, 1.5]),
        (SEED, [0, 4294967295], [-1, 4294967296, 0.5]),
        (EPOCHS, [1, 10**7], [0, 10**7 + 1, 2.5]),
    ],
)
def test_the_ends_of_the_domains(domain, inside, outside):
    for value in inside:
        assert domain.check(value) == value
    for value in outside:
        with pytest.raises(InvalidValue):
            domain.check(value)


def test_a_switch_is_true_or_false_and_nothing_else():
    assert SWITCH.check(value=True) is True
    for bad in (0, 1, "true", None, 1.0):
        with pytest.raises(InvalidValue, match="must be true or false, not"):
            SWITCH.check(bad)


@given(st.one_of(st.integers(), st.floats(), st.text(), st.none(), st.booleans(), st.lists(st.integers())))
def test_whatever_the_value_the_answer_is_a_value_or_a_sentence(value):
    for domain in DOMAINS.values():
        refusal = _refusal(domain, value)
        assert refusal is None or (refusal.startswith("key must be ") and refusal.isprintable())


def _refusal(domain, value):
    try:
        domain.check(value, "key")
    except InvalidValue as error:
        return str(error)
    return None


@every(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        ("two\nlines\x1b[31m", r'"two\nlines\x1b[31m"'),
        ([1, 2], "a list"),
        ({"a": 1}, "an object"),
        (-1, "-1"),
        (1e-8, "1e-08"),
        (1e101, "1e101"),
        (-1.2345678901234567e101, "-1.23457e101"),
        (-(10**400), "a huge number"),
        (10**39, "1e39"),
        (10_000_001, "10000001"),
        (0.30000000000000004, "0.30000000000000004"),
        (float("inf"), "inf"),
        ("x" * 100, '"' + "x" * 35 + "..."),
    ],
)
def test_values_are_shown_as_one_short_line(value, text):
    assert as_in_file(value) == text


def test_a_number_too_long_to_print_is_shown():
    assert as_in_file(10**5000) == "a huge number"


@given(st.text())
def test_printable_text_is_printable(text):
    assert printable(text).isprintable()
    if text.isprintable():
        assert printable(text) == text


def test_half_a_surrogate_pair_is_printable_too():
    assert printable("\ud800") == r"\ud800"


# ------------------------------------------------------------------------------------ declarations

CATALOGUES: dict[str, Mapping[str, Definition]] = {
    "rules": RULES,
    "batchings": BATCHINGS,
    "schedules": SCHEDULES,
    "momentum schedules": MOMENTUM_SCHEDULES,
    "generators": GENERATORS,
}

EVERY_DEFINITION = {"draw": DRAW} | {
    f"{name}: {key}": one for name, catalogue in CATALOGUES.items() for key, one in catalogue.items()
}


@every("definition", EVERY_DEFINITION.values(), ids=EVERY_DEFINITION)
def test_every_declaration_is_sound(definition):
    assert definition.title
    assert definition.summary.endswith(".")
    for setting in definition.settings:
        assert definition()[setting.name] == setting.default == setting.domain.check(setting.default)
        assert setting.label
        assert setting.doc.endswith(".")
        if setting.domain.kind is not bool:
            # The slider lies within the domain and has the default on it.
            assert setting.domain.check(setting.low) <= setting.default <= setting.domain.check(setting.high)
            assert setting.low < setting.high
        if setting.log:
            assert setting.low > 0.0


@every("name", CATALOGUES)
def test_a_catalogue_knows_its_entries_by_their_ids(name):
    assert all(one.id == key for key, one in CATALOGUES[name].items())


def test_two_entries_of_one_id_are_refused():
    one, other = Definition("a", "A", "First."), Definition("a", "B", "Second.")
    assert by_id([one]) == {"a": one}
    with pytest.raises(ValueError, match='two entries have the id "a"'):
        by_id([one, other])


KNOB = Definition(
    "knob", "Knob", "It turns.", (Setting("turns", "n", "turns", "How often.", 1, COUNT, 1, 9),)
)


def test_a_value_is_checked_and_converted_when_it_is_given():
    assert type(KNOB(turns=2.0)["turns"]) is int
    with pytest.raises(InvalidValue, match="turns must be a whole number of at least 1, not 0"):
        KNOB(turns=0)


def test_values_are_compared_and_replaced():
    assert KNOB() == KNOB(turns=1) != KNOB(turns=2)
    assert len({KNOB(), KNOB(turns=1), KNOB(turns=2)}) == 2
    assert KNOB(turns=5).replace(turns=3) == KNOB(turns=3)
    assert dict(KNOB(turns=5).items()) == {"turns": 5}
    assert "turns" in KNOB()
    assert "speed" not in KNOB()
    with pytest.raises(TypeError, match="knob has no setting speed"):
        KNOB(speed=1)


def test_a_range_is_said_in_any_language_whatever_its_ends():
    assert whole(7, 1e10).in_words == "a whole number from 7 to 10000000000"
    with speaking(read_language("de")):
        assert whole(7, 777).in_words == "eine ganze Zahl von 7 bis 777"
        assert between(0.35, 77.5).in_words == "eine Zahl von 0,35 bis 77,5"
