import pytest

from herald.greet import greeting, language


def test_people_are_greeted():
    assert greeting("Ada") == "Hello, Ada"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "tr_TR.UTF-8"}, "tr"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LC_ALL": "C", "LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_language_is_that_of_the_environment(environ, expected):
    assert language(environ) == expected


def test_people_are_greeted_in_their_language(monkeypatch):
    monkeypatch.setenv("LC_ALL", "de_AT.UTF-8")
    assert greeting("Ada") == "Guten Tag, Ada"
