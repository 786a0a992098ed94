"""What the words of a failure say: a name that is missing, or two values that differ."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import TypeAlias

from msgspec import Struct

from outpace.testing.told import Result


class NoName(Struct, frozen=True, kw_only=True, tag="no name"):
    """`from module import name`, or `module.name`."""

    module: str
    name: str


class NoModule(Struct, frozen=True, kw_only=True, tag="no module"):
    module: str


class NoAttribute(Struct, frozen=True, kw_only=True, tag="no attribute"):
    """Of an object or a class; `owner` is the class's name."""

    owner: str
    name: str


class NoKeyword(Struct, frozen=True, kw_only=True, tag="no keyword"):
    """`function` is qualified by its class."""

    function: str
    name: str


class TooManyArguments(Struct, frozen=True, kw_only=True, tag="too many arguments"):
    function: str


Missing: TypeAlias = NoName | NoModule | NoAttribute | NoKeyword | TooManyArguments


class Values(Struct, frozen=True, kw_only=True):
    """What a comparison saw, as Python writes it."""

    observed: str
    expected: str


class Message(Struct, frozen=True, kw_only=True):
    """The text of an exception, which matched no more."""

    observed: str
    expected: str


class NotRaised(Struct, frozen=True, kw_only=True):
    exception: str


Oracle: TypeAlias = Values | Message | NotRaised
_NAME = r"['\"]([\w.]+)['\"]"
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Missing]], ...] = (
    (
        re.compile(rf"cannot import name {_NAME} from (?:partially initialized module )?{_NAME}"),
        lambda found: NoName(module=found[2], name=found[1]),
    ),
    (re.compile(rf"No module named {_NAME}"), lambda found: NoModule(module=found[1])),
    (
        re.compile(rf"module {_NAME} has no attribute {_NAME}"),
        lambda found: NoName(module=found[1], name=found[2]),
    ),
    (  # as monkeypatch.setattr says it
        re.compile(rf"<module {_NAME}[^>]*> has no attribute {_NAME}"),
        lambda found: NoName(module=found[1], name=found[2]),
    ),
    (
        re.compile(rf"<class {_NAME}> has no attribute {_NAME}"),
        lambda found: NoAttribute(owner=found[1].rpartition(".")[2], name=found[2]),
    ),
    (
        re.compile(rf"(?:type object )?{_NAME} (?:object )?has no attribute {_NAME}"),
        lambda found: NoAttribute(owner=found[1].rpartition(".")[2], name=found[2]),
    ),
    (
        re.compile(r"([\w.<>]+)\(\) got an unexpected keyword argument '(\w+)'"),
        lambda found: NoKeyword(function=found[1], name=found[2]),
    ),
    (
        re.compile(r"([\w.<>]+)\(\) takes (?:from \d+ to )?\d+ positional arguments? but \d+ (?:were|was) given"),
        lambda found: TooManyArguments(function=found[1]),
    ),
)
SHOWN = (ast.Constant, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.UnaryOp, ast.Call)
PARTS = (*SHOWN, ast.Expression, ast.Name, ast.Attribute, ast.keyword, ast.expr_context, ast.unaryop)
SIGN = re.compile(r" (?:==|!=|is|in) ")
SHORTENED = re.compile(r"\[\d+ chars\]")
_REGEX = re.compile(r"(?:Expected regex|Regex): (.+)\n\s*(?:Actual message|Input): (.+)")
_RAISED = re.compile(r"DID NOT RAISE (?:<class ')?([\w.]+)|^(\w+) not raised")


def missing(message: str) -> Missing | None:
    """Python's own words for a name that is not there."""
    return next((made(found) for pattern, made in _FORMS if (found := pattern.search(message))), None)


def oracle(result: Result) -> Oracle | None:
    """The two values of a comparison, the text that did not match, or the exception that did not come."""
    raised = _RAISED.search(result.message)
    if raised is not None:
        return NotRaised(exception=(raised[1] or raised[2]).rpartition(".")[2])
    matched = _REGEX.search(result.message)
    if matched is not None:
        return Message(expected=_plain(matched[1]), observed=_plain(matched[2]))
    return _compared(result.message)


def _compared(message: str) -> Values | None:
    """In the first line, or in the one that an assertion with words of its own puts behind them."""
    first, *rest = message.strip().split("\n")
    for line in (first, *(each.strip() for each in rest if each.strip().startswith("assert "))):
        text = SHORTENED.sub("...", line.removeprefix("assert ").removeprefix("AssertionError: "))
        found = _split(text)
        if found is not None:
            return found
    return None


def _split(text: str) -> Values | None:
    """Where both sides are values; else at the only place where it can be split."""
    pairs = [(text[: found.start()], text[found.end() :]) for found in SIGN.finditer(text)]
    for left, right in pairs:
        if _is_value(left) and _is_value(right):
            return Values(observed=left, expected=right)
    if len(pairs) == 1 and "..." in text:
        return Values(observed=pairs[0][0], expected=pairs[0][1])
    return None


def _is_value(text: str) -> bool:
    """Written as Python writes values: literals, containers, and objects as calls."""
    try:
        tree = ast.parse(text, mode="eval")
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return False
    return isinstance(tree.body, SHOWN) and all(isinstance(node, PARTS) for node in ast.walk(tree))


def _plain(text: str) -> str:
    try:
        value = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError):
        return text.strip()
    return value if isinstance(value, str) else text.strip()
