"""Releases without a wheel: found in one question to uv, however many they are."""

from __future__ import annotations

from pathlib import Path

from tests.fakes.fixing import below, shop, told
from tests.fakes.index import Release


def questions(place: Path, without_wheels: int) -> int:
    """How often uv asked for the page of a pin that has a wheel, which it does once a resolution."""
    names = [f"old-{number}" for number in range(without_wheels)]
    index = {name: [Release(version="1.0", sdist=True)] for name in names}
    index |= {"a": [Release(version="1.0"), Release(version="1.1")], "b": [Release(version="1.0")]}
    place.mkdir()
    with shop(place, index, [below("X-1", "a", "1.1")]) as made:
        made.commit({"requirements.txt": "".join(f"{name}==1.0\n" for name in ("a", "b", *names))})
        view = made.fix(dry_run=True)
        assert told(view) == {"a 1.0": ("fixed", "1.1")}
        assert ", ".join(f"{name} 1.0" for name in names) in " ".join(view.landed[0].change.caveats)
        return made.index.asked.count("/simple/b/")


def test_more_pins_without_a_wheel_take_no_more_questions(tmp_path: Path) -> None:
    assert questions(tmp_path / "some", 2) == questions(tmp_path / "many", 6)
