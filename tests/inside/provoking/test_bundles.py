"""Settings that are tried at once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from outpace.inside.provoking.bundles import LOCALES, PASSES, ZONES, bundles, further, instants, kind_of

NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)
READ = ("SHOP_MODE", "CI", "https_proxy", "PYTHONPATH")


def test_each_value_of_each_setting_is_in_one_pass() -> None:
    found = bundles(READ, frozenset({"USER", "LOGNAME"}), NOW, seed=1)
    tried = {(name, value) for bundle in [*found, *further(NOW)] for name, value in bundle.items()}
    assert len(found) == PASSES
    assert {value for name, value in tried if name == "time-zone"} == set(ZONES)
    assert {value for name, value in tried if name == "locale"} == set(LOCALES)
    assert {value for name, value in tried if name == "clock"} == {
        *(moment.replace(tzinfo=None).isoformat() for moment in instants(NOW)),
        "frozen",
        "fast",
    }
    assert {("set:SHOP_MODE", "1"), ("set:CI", "true"), ("unset:USER", "")} <= tried


def test_a_proxy_and_what_python_itself_reads_are_left_alone() -> None:
    found = bundles(READ, frozenset(), NOW, seed=1)
    assert not {"set:https_proxy", "set:PYTHONPATH"} & {name for bundle in found for name in bundle}


def test_no_pass_contradicts_itself() -> None:
    for bundle in bundles((), frozenset({"USER", "LOGNAME"}), NOW, seed=1):
        assert not {name for name in bundle if name.startswith("set:") and f"un{name}" in bundle}
        assert not {"set:NO_COLOR", "set:FORCE_COLOR"} <= set(bundle)


def test_the_same_seed_gives_the_same_passes() -> None:
    assert bundles(READ, frozenset(), NOW, seed=5) == bundles(READ, frozenset(), NOW, seed=5)


@pytest.mark.parametrize(
    "now", [NOW, datetime(2028, 2, 29, 23, 59, tzinfo=UTC), datetime(2027, 12, 31, 23, 59, tzinfo=UTC)]
)
def test_the_moments_are_a_leap_day_a_years_end_and_the_eves_of_switches(now: datetime) -> None:
    late, spring, leap, year, autumn, _, america, month = instants(now)
    assert (late.hour, late.minute) == (23, 55)
    assert (leap.month, leap.day) == (2, 29)
    assert (year.month, year.day) == (12, 31)
    assert month.day == 31
    for eve in (spring, autumn, america):
        assert eve.weekday() == 5
    assert spring.day >= 24
    assert 7 <= america.day <= 13


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({"set:CI": "true"}, "environment"),
        ({"home": "missing"}, "directory"),
        ({"hash-seed": "2"}, "hash-seed"),
        ({"clock": "2028-02-29T23:30:00", "set:CI": "1"}, "clock"),
    ],
)
def test_settings_are_of_one_kind(settings: dict[str, str], kind: str) -> None:
    assert kind_of(settings) == kind
