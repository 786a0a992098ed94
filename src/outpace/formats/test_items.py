"""What a test depends on, in words."""

from __future__ import annotations

from outpace.formats.plain import printable
from outpace.testing.selection.decision import Changed, New, NotGreen, Reason, Unstable, Untraced

EVERY = {
    "e:*": "the environment, which a child or compiled code may read",
    "t:*": "which files there are, which a child may look for",
    "o:*": "the files that are not Python, which a child may look at",
    "p:*": "which distributions are installed",
    "g:*": "what git keeps of the project",
    "m:*": "which modules hide others of their name",
}


KINDS = {
    "f": "{}",
    "d": "the docstrings of {}",
    "k": "whether {} is there",
    "l": "the names in {}",
    "s": "the names and sizes in {}",
    "c": "the code of {}",
    "n": "the lines on which {} lies",
    "m": "what the module name {} means",
    "e": "the variable {}",
    "p": "the distribution {}",
}


def item_words(item: str) -> str:
    """`price() in shop.py`."""
    kind, _, rest = item.partition(":")
    name = printable(rest)
    if kind == "u":
        path, _, function = name.partition(":")
        return f"{function}() in {path}" if function else f"{path} outside its functions"
    return EVERY.get(item) or KINDS.get(kind, "{}").format("the root" if name == "." else name)


def reason_words(why: Reason) -> str:
    match why:
        case New():
            return "there is no record of it"
        case NotGreen(outcome=outcome):
            return f"it was not green when it was recorded: {printable(outcome)}"
        case Untraced(why=told):
            return f"its record may lack something: {printable(told)}"
        case Unstable(why=told):
            return f"two runs of the same code differed: {printable(told)}"
        case Changed(items=items):
            first, *others = map(item_words, items)
            return f"changed: {first}{f', and {len(others)} more' if others else ''}"


def reason_kind(why: Reason) -> str:
    """One word for who reads JSON."""
    match why:
        case New():
            return "new"
        case NotGreen():
            return "not green"
        case Untraced():
            return "untraced"
        case Unstable():
            return "unstable"
        case Changed():
            return "changed"
