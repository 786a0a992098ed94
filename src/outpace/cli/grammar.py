"""Reads the parsers of the commands into values, so that what is generated cannot say anything else than `--help`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from outpace.cli.main import COMMANDS, Command, front, grammar
from outpace.formats.grammar import AFile, AFolder, Anything, CommandGrammar, Grammar, OneOf, Option, Value, Word


def whole() -> Grammar:
    """Every command's module is loaded for it."""
    top = front()
    return Grammar(
        program=top.prog,
        description=top.description or "",
        commands=tuple(map(_command, COMMANDS)),
        options=tuple(_options(top)),
        notes=top.epilog or "",
    )


def _command(command: Command) -> CommandGrammar:
    own = grammar(command)
    return CommandGrammar(
        name=command.name,
        summary=command.summary,
        words=tuple(_words(own)),
        options=tuple(_options(own)),
        notes=own.epilog or "",
    )


def _options(parser: argparse.ArgumentParser) -> Iterator[Option]:
    for action in parser._actions:  # noqa: SLF001  argparse has no other way to ask what was added
        if action.option_strings and action.help != argparse.SUPPRESS:
            takes = action.nargs != 0
            yield Option(
                names=tuple(sorted(action.option_strings, key=len)),
                help=_help(action),
                value=_value(action) if takes else None,
                shown=_shown(action) if takes else "",
            )


def _words(parser: argparse.ArgumentParser) -> Iterator[Word]:
    for action in parser._actions:  # noqa: SLF001  the same
        if not action.option_strings and action.help != argparse.SUPPRESS:
            yield Word(
                shown=_shown(action), help=_help(action), value=_value(action), optional=action.nargs in {"?", "*"}
            )


def _help(action: argparse.Action) -> str:
    return (action.help or "").replace("%%", "%")


def _shown(action: argparse.Action) -> str:
    if isinstance(action.metavar, str):
        return action.metavar
    return "|".join(map(str, action.choices)) if action.choices else action.dest.upper()


def _value(action: argparse.Action) -> Value:
    if action.choices:
        return OneOf(words=tuple(map(str, action.choices)))
    if action.type is Path or action.metavar in {"FILE", "PATH"}:
        return AFolder() if action.metavar == "DIR" else AFile()
    return Anything()
