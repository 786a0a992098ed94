"""From where a command is looked at, and what following it turns up: texts for a shell, and commands."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct, structs

from outpace.pipelines.events import Event, Origin, Pairs


class Place(Struct, frozen=True, kw_only=True):
    """From where a command is looked at."""

    file: str
    directory: str = ""
    env: Pairs = ()
    line: int | None = None  # set where lines of a text that lies elsewhere mean nothing
    depth: int = 0
    waved: bool = False  # a failure of what is run here is waved through

    def at(self, line: int) -> Origin:
        return Origin(self.file, line if self.line is None else self.line)


class Text(Struct, frozen=True, kw_only=True):
    """For a shell."""

    text: str
    place: Place
    line: int = 1
    arguments: tuple[str, ...] = ()


class Argv(Struct, frozen=True, kw_only=True):
    words: tuple[str, ...]
    place: Place
    line: int


Found: TypeAlias = Event | Text | Argv


def fixed(place: Place, origin: Origin, env: Pairs) -> Place:
    """For a text of which one line is all that is known."""
    return structs.replace(place, file=origin.file, env=env, line=origin.line, depth=place.depth + 1)


def in_file(place: Place, file: str, directory: str | None = None) -> Place:
    """Variables of a Makefile are its own, and the environment goes along."""
    inside = place.directory if directory is None else ("" if directory == "." else directory)
    return structs.replace(place, file=file, directory=inside, line=None)
