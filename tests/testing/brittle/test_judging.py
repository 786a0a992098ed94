"""What is said of a suite that was provoked."""

from __future__ import annotations

from outpace.model.unknown import Unknown
from outpace.testing.brittle.judging import ONLY_ONCE, judged, without_network
from outpace.testing.brittle.records import KINDS, Brittleness, Doubt, Finding, Flip, Provoked, Said

TESTS = tuple(f"tests/test_a.py::test_{number}" for number in range(40))
GREEN, RED = Said("passed"), Said("failed", "AssertionError: no")


def seen(*flips: Flip, unstable: tuple[str, ...] = (), red: tuple[str, ...] = ()) -> dict[str, Provoked]:
    plain = {test: RED if test in red else GREEN for test in TESTS}
    return {"conditions": Provoked(tests=TESTS, plain=plain, flips=flips, unstable=unstable, executed=80)}


def under(test: str, settings: dict[str, str], *, sure: bool = True) -> Flip:
    return Flip(kind="environment", test=test, said=RED, sure=sure, settings=settings)


def told(*findings: Finding, doubts: tuple[Doubt, ...] = (), flaky: tuple[str, ...] = ()) -> Brittleness:
    return Brittleness(tests=40, findings=findings, flaky=flaky, red=(), doubts=doubts, executed=80, kinds=KINDS)


def test_a_test_and_a_kind_are_one_finding_with_the_other_conditions_beside_it() -> None:
    first, second = under(TESTS[1], {"set:EDITOR": "nano"}), under(TESTS[1], {"set:VISUAL": "code -w"})
    assert judged(seen(first, second), KINDS) == told(Finding(test=TESTS[1], flip=first, also=("VISUAL=code -w",)))


def test_no_condition_is_blamed_for_a_test_that_is_unstable_plainly() -> None:
    flip = under(TESTS[1], {"set:CI": "true"})
    assert judged(seen(flip, unstable=(TESTS[1],)), KINDS) == told(flaky=(TESTS[1],))


def test_what_is_red_in_every_run_but_the_first_is_neither_flaky_nor_red_plainly() -> None:
    provoked = Provoked(tests=TESTS, plain={TESTS[1]: RED}, later=(TESTS[1],), executed=80)
    assert judged({"conditions": provoked}, KINDS) == told(doubts=(Doubt(what=TESTS[1], unknown=ONLY_ONCE),))


def test_what_was_not_seen_again_is_unknown() -> None:
    doubt = Doubt(
        what=TESTS[1], unknown=Unknown("turned once (CI=true), and not when that was repeated", "more runs of it")
    )
    assert judged(seen(under(TESTS[1], {"set:CI": "true"}, sure=False)), KINDS) == told(doubts=(doubt,))


def test_a_setting_that_turns_too_many_is_itself_at_fault_and_hides_no_other() -> None:
    many = [under(test, {"set:CI": "true"}) for test in TESTS[:4]]
    other = under(TESTS[9], {"set:EDITOR": "nano"})
    result = judged(seen(*many, other), KINDS)
    assert result.findings == (Finding(test=TESTS[9], flip=other),)
    assert [(doubt.what, doubt.unknown.why[:22]) for doubt in result.doubts] == [("set:CI", "4 of 40 tests turn wit")]


def test_what_turns_without_a_route_depends_on_the_network() -> None:
    routed = Provoked(tests=TESTS[:3], plain={TESTS[0]: GREEN, TESTS[1]: RED, TESTS[2]: GREEN})
    lone = Provoked(tests=TESTS[:3], plain={TESTS[0]: RED, TESTS[1]: RED, TESTS[2]: GREEN})
    assert [flip.test for flip in without_network(routed, lone).flips] == [TESTS[0]]
