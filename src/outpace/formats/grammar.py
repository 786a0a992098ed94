"""The grammar of the command line as values, for what is generated from it: completion, the manual."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct


class OneOf(Struct, frozen=True, kw_only=True, tag=True):
    """One of the words that are known beforehand."""

    words: tuple[str, ...]


class AFile(Struct, frozen=True, kw_only=True, tag=True):
    """A path of any kind."""


class AFolder(Struct, frozen=True, kw_only=True, tag=True):
    """A directory."""


class Anything(Struct, frozen=True, kw_only=True, tag=True):
    """What nobody can guess: an id, a time, a name."""


Value: TypeAlias = OneOf | AFile | AFolder | Anything


class Option(Struct, frozen=True, kw_only=True):
    """`names` from the shortest; `value` is None where the option takes none, `shown` its name in the help."""

    names: tuple[str, ...]
    help: str
    value: Value | None = None
    shown: str = ""


class Word(Struct, frozen=True, kw_only=True):
    """A word by its place behind the command."""

    shown: str
    help: str
    value: Value
    optional: bool


class CommandGrammar(Struct, frozen=True, kw_only=True):
    """`notes` are the paragraphs behind the options."""

    name: str
    summary: str
    words: tuple[Word, ...]
    options: tuple[Option, ...]
    notes: str = ""


class Grammar(Struct, frozen=True, kw_only=True):
    """The whole program; `options` stand in the place of a command."""

    program: str
    description: str
    commands: tuple[CommandGrammar, ...]
    options: tuple[Option, ...]
    notes: str = ""
