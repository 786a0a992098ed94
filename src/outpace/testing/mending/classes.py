"""Why a test is red: one of six classes, each with the evidence for it. The default is unknown."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable
from typing import Literal, TypeAlias

from msgspec import Struct

from outpace.testing.mending.alterations import Alteration, layout, literals_changed, replaced
from outpace.testing.mending.bodies import Beside
from outpace.testing.mending.failures import (
    Message,
    Missing,
    NoAttribute,
    NoKeyword,
    NoModule,
    NoName,
    NotRaised,
    Oracle,
    TooManyArguments,
    Values,
)
from outpace.testing.mending.intents import Intent, Lines, names, quoted, quoting, removal_of, words
from outpace.testing.mending.pieces import Piece
from outpace.testing.mending.runs import UNCOLLECTED
from outpace.testing.mending.successors import Rename, Step
from outpace.testing.told import Result

Class: TypeAlias = Literal["regression", "mechanical", "behavioral", "brittle", "infrastructure", "unknown"]
INTERNAL = frozenset({"AttributeError", "TypeError", "IndexError", "RecursionError", "NameError", "UnboundLocalError"})
REFUSES = re.compile(r"\b(?:rais|refus|reject|error|except|invalid|not)\w*", re.IGNORECASE)
FEW = 4
"""Pieces of a cause that are still one thing."""
PLAIN = frozenset({"True", "False", "None"})
"""Values of which any document speaks: it has to name the function."""
SHORT = 2
"""Characters of a word that says nothing."""


class Cause(Struct, frozen=True, kw_only=True):
    """The smallest part of the change that turns the test red; `sure` that nothing of it can be left out."""

    pieces: tuple[Piece, ...] = ()
    sure: bool = False
    kind: Alteration = "behavior"


class Facts(Struct, frozen=True, kw_only=True):
    """What is known of one test that was green and is red, or was so until `steps` were taken."""

    test: str
    failure: Result
    steps: tuple[Step, ...] = ()
    mended: bool = False
    """Green on the new code, with these steps and all its assertions as they were."""
    beside: tuple[Beside, ...] = ()
    """What else changed of what these steps concern."""
    unstable: str = ""
    around: str = ""
    """What is broken around the test, and that the test itself is not."""
    missing: Missing | None = None
    own: bool = False
    """Whether the test's own code says what is missing: not the code that it calls, nor another test of its file."""
    oracle: Oracle | None = None
    raised: str = ""
    """The line of the project's code that raised, where it was no line of the tests."""
    cause: Cause | None = None
    intent: Intent = Intent()
    literals: frozenset[str] = frozenset()
    """Texts that the test itself holds."""
    renamed: frozenset[tuple[str, str]] = frozenset()
    """Names that were and are now, of what the change calls otherwise."""
    symbols: frozenset[str] = frozenset()
    """Words of names that the change concerns anyway: of the causing functions, and of what is called otherwise."""


class Classed(Struct, frozen=True, kw_only=True):
    kind: Class
    evidence: tuple[str, ...] = ()


Rule: TypeAlias = Callable[[Facts], Classed | None]


def classed(facts: Facts) -> Classed:
    """The first rule that knows decides; what was done on the way is evidence too."""
    found = next((known for rule in RULES if (known := rule(facts)) is not None), _unknown(facts))
    steps = tuple(each.evidence for each in facts.steps)
    return Classed(kind=found.kind, evidence=(*steps, *found.evidence))


def _flaky(facts: Facts) -> Classed | None:
    return Classed(kind="brittle", evidence=(facts.unstable,)) if facts.unstable else None


def _around(facts: Facts) -> Classed | None:
    return Classed(kind="infrastructure", evidence=(facts.around,)) if facts.around else None


def _mended(facts: Facts) -> Classed | None:
    if not facts.mended:
        return None
    green = "with that the test is green, its assertions as they were"
    if facts.beside:  # what the test does not ask for may be lost, and nobody would hear of it
        return Classed(kind="unknown", evidence=(green, *(line for each in facts.beside for line in each.evidence)))
    return Classed(kind="mechanical", evidence=(green,))


def _private(facts: Facts) -> Classed | None:
    """A private name of the project, gone."""
    name = _name(facts.missing)
    if not name.startswith("_") or name.startswith("__") or not _in_tests(facts):
        return None
    return Classed(kind="brittle", evidence=(f"the tests use {name}, a private name that is gone",))


def _removed(facts: Facts) -> Classed | None:
    """A name that the change takes away and says so."""
    name = _name(facts.missing)
    said = removal_of(name, facts.intent.lines) if name and facts.own and _in_tests(facts) else ""
    return (
        Classed(kind="behavioral", evidence=(f"{name} is gone, and the change says so: {said[:160]}",))
        if said
        else None
    )


def _worded(facts: Facts) -> Classed | None:
    if facts.cause is None or facts.cause.kind != "wording" or not facts.cause.sure:
        return None
    return Classed(kind="brittle", evidence=(f"only the words of a message differ{_where(facts.cause)}",))


def _shown(facts: Facts) -> Classed | None:
    if facts.cause is None or facts.cause.kind != "repr" or not facts.cause.sure:
        return None
    return Classed(kind="brittle", evidence=(f"only a __repr__ differs{_where(facts.cause)}",))


def _laid_out(facts: Facts) -> Classed | None:
    said = layout(facts.oracle) if isinstance(facts.oracle, Values) else ""
    return Classed(kind="brittle", evidence=(f"the test compares a text; {said}",)) if said else None


def _renamed_text(facts: Facts) -> Classed | None:
    """The text differs by the very name that has another name now."""
    if not isinstance(facts.oracle, Values):
        return None
    edits = [(each.edit.old, each.edit.new) for each in facts.steps if isinstance(each.edit, Rename)]
    for old, new in (*edits, *sorted(facts.renamed)):
        if re.sub(rf"\b{re.escape(old)}\b", new, facts.oracle.expected) == facts.oracle.observed:
            return Classed(kind="mechanical", evidence=(f"the text differs by {new} for {old} alone",))
    return None


def _literal(facts: Facts) -> Classed | None:
    """The change puts one literal for another, and the value differs by that."""
    if facts.cause is None or not isinstance(facts.oracle, Values):
        return None
    found = replaced(facts.cause.pieces, facts.oracle)
    if not found:
        return None
    said = next((line for line in facts.intent.told for _, new in found if names(new, line)), "")
    said = said or _covering(facts)
    if not said:
        return None
    put = ", ".join(f"{new!r} for {old!r}" for old, new in found)
    evidence = [f"the change puts {put}{_where(facts.cause)}, and the value differs by that alone"]
    return Classed(kind="behavioral", evidence=(*evidence, *_says(said)))


def _quoted(facts: Facts) -> Classed | None:
    """The change quotes the very words by which the value differs; or a literal that the cause put or took away, of
    which the test speaks."""
    if isinstance(facts.oracle, Values | Message):
        fresh = _tokens(facts.oracle.observed) - _tokens(facts.oracle.expected)
        telling = _about(facts) if all(word in PLAIN or word.isdigit() for word in fresh) else facts.intent.came
        said = quoting(fresh, telling)
        if said and all(len(word) > SHORT for word in fresh):
            told = f"the value differs by {', '.join(sorted(fresh))}, of which the change speaks"
            return Classed(kind="behavioral", evidence=(told, *_says(said), *_sides(facts)))
    if facts.cause is None or not facts.cause.sure or len(facts.cause.pieces) > FEW:
        return None
    own = facts.literals | frozenset(_title(facts.test).lower().split())
    came, went = literals_changed(facts.cause.pieces)
    for text in sorted(((came & _seen(facts, came)) | went) & own):
        said = quoting((text,), facts.intent.came) if text in came else removal_of(text, facts.intent.came)
        if said and len(text) > SHORT:
            verb = "puts" if text in came else "drops"
            told = f"the change {verb} {text!r}{_where(facts.cause)}, of which the test speaks"
            return Classed(kind="behavioral", evidence=(told, *_says(said), *_sides(facts)))
    return None


def _seen(facts: Facts, texts: frozenset[str]) -> frozenset[str]:
    """Those that are in the value that is seen and not in the one that was expected, where there are values."""
    if not isinstance(facts.oracle, Values | Message):
        return texts
    observed, expected = facts.oracle.observed, facts.oracle.expected
    return frozenset(text for text in texts if text in observed and text not in expected)


def _implemented(facts: Facts) -> Classed | None:
    """The test pins that something is not implemented, and the cause put an implementation there."""
    if facts.cause is None or not isinstance(facts.oracle, NotRaised):
        return None
    if facts.oracle.exception != "NotImplementedError":
        return None
    there = next((each for each in facts.cause.pieces if "raise NotImplementedError" in (each.old or "")), None)
    if there is None or len((there.new or "").split()) < FEW or "raise NotImplementedError" in (there.new or ""):
        return None
    return Classed(kind="behavioral", evidence=(f"what was not implemented is so now, at {there.path}:{there.line}",))


def _contradicted(facts: Facts) -> Classed | None:
    """The change itself says what the test expects, and not what is seen."""
    if facts.cause is None or not facts.cause.sure or not isinstance(facts.oracle, Values):
        return None
    said = _spoken(facts.oracle.expected, facts.oracle.observed, _about(facts))
    if not said:
        return None
    told = f"the change says what the test expects: {said.strip()[:160]}"
    return Classed(kind="regression", evidence=(told, *_sides(facts)))


def _covering(facts: Facts) -> str:
    """A line that came and says the very value that is seen, and not the one that was expected."""
    if not isinstance(facts.oracle, Values | Message):
        return ""
    telling = facts.intent.told if not _plain(facts.oracle.observed).isalnum() else _about(facts)
    return _spoken(facts.oracle.observed, facts.oracle.expected, telling)


def _spoken(value: str, other: str, lines: Iterable[str]) -> str:
    """The first line that says the one and not the other."""
    mine, theirs = _plain(value), _plain(other)
    return next((line for line in lines if mine and names(mine, line) and not (theirs and names(theirs, line))), "")


def _about(facts: Facts) -> tuple[str, ...]:
    """What came that speaks of what turns it red: its docstring, and lines that name it."""
    functions = {(piece.path, piece.function) for piece in (facts.cause or Cause()).pieces}
    own = [line for place, lines in facts.intent.docstrings.items() if _is_of(place, functions) for line in lines.came]
    last = {name.rpartition(".")[2] for _, name in functions} - {""}
    return (*own, *(line for line in facts.intent.came if not last.isdisjoint(re.findall(r"\w+", line))))


def _is_of(place: tuple[str, str], functions: Iterable[tuple[str, str]]) -> bool:
    """A function's own docstring, or that of its module."""
    return any(place[0] == path and place[1] in ("", name) for path, name in functions)


def _plain(value: str) -> str:
    """A text as it is; another value as Python writes it, where it is long enough to be no accident."""
    try:
        read: object = ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return ""
    return read if isinstance(read, str) else value if len(value) > SHORT else ""


def _says(line: str) -> tuple[str, ...]:
    return (f"the change says: {line.strip()[:160]}",) if line else ()


def _tokens(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text))


def _internal(facts: Facts) -> Classed | None:
    """Project code fell over its own feet."""
    line = facts.raised.strip()
    if facts.failure.exception not in INTERNAL or not line or line.startswith("raise"):
        return None
    said = f"{facts.failure.exception} inside the project's code, which nobody raised: {line[:120]}"
    return Classed(kind="regression", evidence=(said,))


def _documented(facts: Facts) -> Classed | None:
    """The docstring of what turns it red says now the very value that is seen; or quotes what the test holds, which is
    refused no more."""
    if facts.cause is None or not facts.cause.sure:
        return None
    for piece in facts.cause.pieces:
        for (path, name), lines in facts.intent.docstrings.items():
            if path != piece.path or name not in ("", piece.function):
                continue
            said = _covered(facts, lines)
            if said:
                told = f"the docstring of {name or path} says so now: {said.strip()[:160]}"
                return Classed(kind="behavioral", evidence=(told, *_sides(facts)))
    return None


def _covered(facts: Facts, lines: Lines) -> str:
    match facts.oracle:
        case Values(observed=observed, expected=expected) | Message(observed=observed, expected=expected):
            return _spoken(observed, expected, lines.came)
        case NotRaised():
            fresh = (lines.quoted & facts.literals) - quoted(lines.went)
            return next((line for line in lines.came if fresh & quoted((line,)) and not REFUSES.search(line)), "")
        case None:
            return ""


def _unsaid(facts: Facts) -> Classed | None:
    """Another behavior in a small part of the change, of which nothing says that it was meant."""
    cause = facts.cause
    if cause is None or not cause.sure or not cause.pieces or len(cause.pieces) > FEW or cause.kind == "nothing":
        return None
    if not isinstance(facts.oracle, Values | Message | NotRaised) and not facts.raised:
        return None
    hint = _hint(facts, cause)
    if hint:
        return None
    return Classed(kind="regression", evidence=(f"nothing says that this was meant{_where(cause)}", *_sides(facts)))


def _hint(facts: Facts, cause: Cause) -> str:
    """What may mean that it was meant, but does not say so."""
    functions = {(piece.path, piece.function) for piece in cause.pieces}
    documented = [lines for place, lines in facts.intent.docstrings.items() if place in functions]
    if any(lines.words - facts.symbols or lines.quoted for lines in documented):
        return "the docstring of what turns it red changed too"
    about = words(_title(facts.test)) - facts.symbols
    shared = about & words(" ".join(facts.intent.messages))
    if shared:
        return f"a commit speaks of {', '.join(sorted(shared))}"
    if facts.intent.documents.all:
        spoken = facts.intent.documents.words
        shared = (
            words(_title(facts.test)) | {word for piece in cause.pieces for word in words(piece.function)}
        ) & spoken
        return f"documents of the change speak of {', '.join(sorted(shared))}" if shared else ""
    return ""


def _unknown(facts: Facts) -> Classed:
    said = _hint(facts, facts.cause) if facts.cause is not None else ""
    where = _where(facts.cause) if facts.cause is not None and facts.cause.pieces else ""
    reasons = (
        [f"what turns it red is{where.replace(' at', ' at')}"] if where else ["what turns it red was not isolated"]
    )
    return Classed(kind="unknown", evidence=(*reasons, *([said] if said else []), *_sides(facts)))


RULES: tuple[Rule, ...] = (
    _flaky, _around, _mended, _private, _removed, _worded, _shown, _laid_out, _renamed_text, _contradicted, _literal,
    _quoted, _implemented, _documented, _internal, _unsaid,
)  # fmt: skip


def _sides(facts: Facts) -> tuple[str, ...]:
    match facts.oracle:
        case Values(observed=observed, expected=expected) | Message(observed=observed, expected=expected):
            return (f"expected {expected[:200]}", f"observed {observed[:200]}")
        case NotRaised(exception=exception):
            return (f"expected {exception}", "observed no exception")
        case None:
            failure = facts.failure
            return (f"observed {failure.exception or failure.outcome}: {' '.join(failure.message.split())[:200]}",)


def _where(cause: Cause) -> str:
    places = dict.fromkeys(f"{piece.path}:{piece.line}" for piece in cause.pieces)
    return f" at {', '.join(list(places)[:FEW])}" if places else ""


def _in_tests(facts: Facts) -> bool:
    return facts.failure.outcome == UNCOLLECTED or not facts.raised


def _name(missing: Missing | None) -> str:
    match missing:
        case NoName(name=name) | NoAttribute(name=name) | NoKeyword(name=name):
            return name
        case NoModule(module=module):
            return module
        case TooManyArguments() | None:
            return ""


def _title(test: str) -> str:
    """The name of the test, without its file and its case."""
    return test.rpartition("::")[2].partition("[")[0].replace("_", " ")
