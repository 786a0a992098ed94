import pytest

from herald.paint import CODES, center, paint, rule


def test_an_error_is_red():
    assert paint("error", "red") == "\x1b[31merror\x1b[0m"


@pytest.mark.parametrize("color", sorted(CODES))
def test_a_color_is_taken_back(color):
    assert paint("text", color, {}).endswith("\x1b[0m")


def test_nothing_is_painted_when_nobody_wants_it(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert paint("error", "red") == "error"


def test_painting_may_be_forced(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert paint("error", "red") != "error"


def test_an_unknown_color_is_an_error():
    with pytest.raises(KeyError):
        paint("error", "mauve", {})


@pytest.mark.parametrize("width", [1, 20, 200])
def test_a_rule_is_as_wide_as_one_says(width):
    assert rule("=", width) == "=" * width


def test_a_rule_fills_the_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "33")
    assert len(rule()) == 33


@pytest.mark.parametrize(("text", "width", "expected"), [("a", 3, " a"), ("ab", 2, "ab"), ("abc", 1, "abc")])
def test_text_is_centered(text, width, expected):
    assert center(text, width) == expected
