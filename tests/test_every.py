"""What carries out many cases in one test leaves none out, and names those that fail."""

from itertools import combinations, product

import pytest

from tests.every import WHOLE, covering, every, in_turn, pairs_of


def test_all_cases_that_fail_are_told_with_their_values():
    seen = []

    @every("letter", "ab")
    @every(("number", "other"), [(1, 2), (3, 4)])
    def check(letter, number, other, fixture):
        seen.append((letter, number, other, fixture))
        assert (letter, number) != ("b", 3)

    with pytest.raises(ExceptionGroup, match="1 of 2 cases fail") as failed:
        check(fixture="given")
    assert seen == [(letter, *pair, "given") for letter in "ab" for pair in ((1, 2), (3, 4))]
    (of_b,) = failed.value.exceptions
    assert of_b.__notes__ == ["The case: letter = 'b'"]
    assert of_b.exceptions[0].__notes__ == ["The case: number, other = 3-4"]


def test_what_does_not_raise_is_told_too():
    @every("number", [0, 1], ids=["none", "one"])
    def check(number):
        with pytest.raises(ZeroDivisionError):
            1 / number

    with pytest.raises(BaseExceptionGroup) as failed:
        check()
    assert [one.__notes__ for one in failed.value.exceptions] == [["The case: number = one"]]


def test_no_case_at_all_is_a_fault():
    with pytest.raises(AssertionError, match="there is no case"):
        every("number", [])(lambda number: None)()


def test_every_two_values_still_meet():
    factors = [range(7), "abcde", [True, False], range(4)]
    cases = pairs_of(*factors)
    assert len(cases) < 0.4 * len(list(product(*factors)))
    assert cases == pairs_of(*factors)
    for one, other in combinations(range(4), 2):
        assert {(case[one], case[other]) for case in cases} == set(product(factors[one], factors[other]))


def test_of_given_cases_only_those_are_taken_that_bring_a_pair():
    cases = [("a", "b", "c"), ("a", "b", "d"), ("a", "b", "d")]
    assert sorted(covering(cases)) == cases[:2]


def test_the_few_take_turns_and_none_is_left_out():
    cases = in_turn("abcde", [1, 2, 3])
    assert cases == (
        list(product("abcde", [1, 2, 3])) if WHOLE else [("a", 1), ("b", 2), ("c", 3), ("d", 1), ("e", 2)]
    )
