"""Whether what a test would assert fails: each claim is looked at as the written test will look at it."""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import CodeType
from typing import Any

from .observing import EQUAL, IS, MEMBER, NAN, TYPE, held_open
from .tracing import TooManySteps

RAISES, MESSAGE, PRINTS = "raises", "message", "prints"
WHOLE = "*"
"""A program that ends otherwise: whatever is asserted of it fails."""
DENIED = "*bad"
"""It tried what no program is let do, and is not believed."""
USED_UP = "list({})"
STANDARD = ("datetime", "decimal", "fractions", "uuid", "pathlib")
FORMS = {EQUAL: "({}) == ({})", IS: "({}) is ({})", NAN: "({0}) != ({0})"}


def red(
    expected: Mapping[str, Sequence[str]], values: Mapping[str, Any], error: BaseException | None, printed: str
) -> list[str]:
    """The places of `expected` (place -> [kind, text]) where a test would be red."""
    if error is not None or RAISES in expected:
        return _of_error(expected, error)
    names = {**{module: importlib.import_module(module) for module in STANDARD}, **values}
    return [place for place, (kind, text) in expected.items() if not _holds(place, kind, text, names, printed)]


def _of_error(expected: Mapping[str, Sequence[str]], error: BaseException | None) -> list[str]:
    if isinstance(error, TooManySteps) or error is None or RAISES not in expected:
        return [WHOLE]
    wanted = named(expected[RAISES][1])
    known = isinstance(wanted, type) and issubclass(wanted, BaseException)
    if known and not isinstance(error, wanted):
        return [RAISES, *([MESSAGE] if MESSAGE in expected else [])]
    return [MESSAGE] if MESSAGE in expected and not same_message(expected[MESSAGE][1], error) else []


def same_message(wanted: str, error: BaseException) -> bool:
    """A plain one is searched for in what was said, any other one is compared."""
    try:
        said = str(error)
    except Exception:  # noqa: BLE001  a foreign __str__
        return False
    return wanted in said if is_plain(wanted) else said == wanted


def is_plain(message: str) -> bool:
    """It can be written as a pattern that is itself."""
    return re.escape(message) == message.replace(" ", "\\ ")


def _holds(place: str, kind: str, text: str, names: dict[str, Any], printed: str) -> bool:
    if place == PRINTS:
        return printed == text
    number, _, inner = place.partition(":")
    variable = f"v{number}"
    subject = inner.replace("{}", variable)
    try:
        if USED_UP in inner:
            names[variable] = held_open(names[variable])
        if kind in FORMS:
            return bool(eval(_compiled(FORMS[kind].format(subject, text)), names))  # noqa: S307  a claim of ours
        value = eval(_compiled(subject), names)  # noqa: S307
        return isinstance(value, named(text)) if kind == TYPE else kind != MEMBER or value is named(text)
    except BaseException:  # noqa: BLE001  whatever it raises, the test is red
        return False


@lru_cache(maxsize=4096)
def _compiled(text: str) -> CodeType:
    return compile(text, "<claim>", "eval", dont_inherit=True)


def named(text: str) -> Any:
    """`module:qualified.name`; None where there is none."""
    module, _, qualname = text.partition(":")
    try:
        value: Any = importlib.import_module(module)
        for part in qualname.split("."):
            value = getattr(value, part)
    except (ImportError, AttributeError):
        return None
    return value
