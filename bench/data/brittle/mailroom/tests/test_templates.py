import pytest

from mailroom import templates


def test_the_welcome_names_the_room():
    assert "Your room is 7." in templates.fill("welcome", name="Ada", room=7)


def test_the_farewell_is_short():
    assert templates.fill("farewell", name="Ada") == "Goodbye, Ada.\n"


def test_a_letter_is_filled_in(monkeypatch):
    monkeypatch.setattr(templates, "_load", lambda name: f"{name} for $name")
    assert templates.fill("note", name="Ada") == "note for Ada"


def test_a_missing_value_is_an_error():
    with pytest.raises(KeyError):
        templates.fill("farewell")


def test_an_unknown_template_is_an_error():
    with pytest.raises(FileNotFoundError):
        templates.fill("nothing")


def test_the_templates_are_listed():
    assert templates.names() == ["farewell", "welcome"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", []), ("$a", ["a"]), ("$b and ${a}", ["a", "b"]), ("$a $a", ["a"]), ("$$5", [])],
)
def test_placeholders_are_found(text, expected):
    assert templates.placeholders(text) == expected
