import pytest

from herald.cli import parser, read


def test_the_usage_fits_on_a_line():
    assert parser().format_usage().splitlines() == [
        "usage: herald [-h] [--channel NAME] [--urgent] [--repeat N] text [text ...]"
    ]


def test_the_usage_fits_on_a_line_of_a_wide_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    assert parser().format_usage().count("\n") == 1


def test_the_help_explains_every_option(monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    assert "--urgent" in parser().format_help()


def test_words_are_read():
    assert read(["rain", "today"]) == {"channel": "news", "text": "rain today", "times": 1}


@pytest.mark.parametrize("times", [1, 2, 10])
def test_news_may_be_repeated(times):
    assert read(["--repeat", str(times), "rain"])["times"] == times


def test_the_channel_may_be_named():
    assert read(["--channel", "weather", "rain"])["channel"] == "weather"


@pytest.mark.parametrize("words", [[], ["--repeat", "x", "rain"], ["--loud", "rain"]])
def test_wrong_words_end_the_program(words, capsys):
    with pytest.raises(SystemExit):
        read(words)
    assert "usage" in capsys.readouterr().err
