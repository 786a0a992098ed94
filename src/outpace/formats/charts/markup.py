"""Markup is built from functions; what is not already markup is text, and stays text whatever it says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from html import escape
from typing import TypeAlias

LONGEST = 300
SHORT = 16
_OBEYED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SPACES = re.compile(r"[ \t\r\n]+")
_VOID = frozenset({"br", "hr", "link", "meta"})
_NOT_NAMES = {"cls": "class", "for_": "for"}


class Markup(str):
    """Text that was escaped, or built by `e`."""

    __slots__ = ()


Child: TypeAlias = "str | int | Iterable[Child] | None"
NONE = Markup("")


def visible(text: str) -> str:
    """The same, with what a browser or a reader's eye would obey, control and bidi characters, shown as ⟨202E⟩."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"⟨{ord(c):04X}⟩" if unicodedata.category(c) in _OBEYED else c for c in text)


def plain(text: str, limit: int = LONGEST) -> str:
    """One visible line, cut to its length, between words where one ends nearby."""
    text = visible(_SPACES.sub(" ", text[: 4 * limit]).strip())
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    between = cut.rfind(" ", limit - SHORT)
    return (cut[:between] if between > 0 else cut).rstrip(" ,;:") + "…"


def e(tag: str, /, *children: Child, **attributes: str | float | None) -> Markup:
    """An element. `cls` is class, underscores are hyphens, None leaves an attribute out, "" writes it bare."""
    head = "".join(_attribute(key, value) for key, value in attributes.items() if value is not None)
    return Markup(f"<{tag}{head}>") if tag in _VOID else Markup(f"<{tag}{head}>{join(*children)}</{tag}>")


def join(*children: Child) -> Markup:
    return Markup("".join(map(_shown, children)))


def foreign(text: str, limit: int = 120) -> Markup:
    """A name that a repository chose: isolated, so that its direction does not reach the words around it."""
    return e("bdi", plain(text, limit))


def _shown(child: Child) -> str:
    match child:
        case None:
            return ""
        case Markup():
            return child
        case str():
            return escape(visible(child))
        case int():
            return f"{child:,}"
        case _:
            return "".join(map(_shown, child))


def _attribute(key: str, value: str | float) -> str:
    name = _NOT_NAMES.get(key, key.replace("_", "-"))
    said = value if isinstance(value, str) else number(value)
    return f' {name}="{escape(visible(said))}"' if said else f" {name}"


def number(value: float) -> str:
    """As short as a drawing needs it."""
    return format(round(value, 1) + 0.0, "g")
