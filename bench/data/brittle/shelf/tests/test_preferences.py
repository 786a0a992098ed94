import pytest

from shelf import preferences


def test_preferences_are_kept_at_home():
    path = preferences.save({"theme": "dark"})
    assert path.read_text(encoding="utf-8") == "theme=dark"


@pytest.mark.parametrize("values", [{}, {"theme": "dark"}, {"b": "2", "a": "x=y"}])
def test_preferences_read_back(values, tmp_path):
    preferences.save(values, tmp_path)
    assert preferences.load(tmp_path) == values


def test_nothing_is_preferred_at_first(tmp_path):
    assert preferences.load(tmp_path) == {}


def test_the_home_is_the_users(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert preferences.path_of() == tmp_path / ".shelf"
