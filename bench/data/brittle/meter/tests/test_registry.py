import pytest

from meter import registry
from meter.registry import gauge, mean, snapshot, summary


def test_a_snapshot_holds_what_was_measured():
    registry.GAUGES.pop("requests", None)
    gauge("requests", 1)
    assert snapshot() == {"requests": 1}


def test_the_last_value_of_a_gauge_counts():
    gauge("depth", 1)
    gauge("depth", 4)
    assert registry.GAUGES["depth"] == 4


def test_gauges_of_ones_own_are_kept_apart():
    assert gauge("depth", 2, {}) == {"depth": 2}


def test_a_snapshot_is_sorted():
    assert list(snapshot({"b": 1, "a": 2})) == ["a", "b"]


def test_a_snapshot_is_a_copy():
    gauges = {"a": 1}
    snapshot(gauges)["a"] = 2
    assert gauges == {"a": 1}


def test_the_summary_draws_bars():
    assert summary({"depth": 3}) == "depth   ###"


def test_the_summary_of_a_build_is_plain(monkeypatch):
    monkeypatch.setenv("CI", "true")
    assert summary({"depth": 3, "age": 1}) == "age=1, depth=3"


def test_the_summary_of_a_terminal_is_drawn(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    assert summary({"a": 1, "b": 2}) == "a       #\nb       ##"


def test_the_mean_of_tenths():
    assert mean([0.1, 0.2, 0.3]) == 0.20000000000000004


@pytest.mark.parametrize(("values", "expected"), [([1], 1), ([1, 2], 1.5), ([0, 0, 3], 1)])
def test_the_mean_is_the_middle(values, expected):
    assert mean(values) == pytest.approx(expected)


def test_nothing_has_no_mean():
    with pytest.raises(ValueError, match="no values"):
        mean([])
