"""What a change says of itself: messages of its commits, documents, docstrings and comments."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from msgspec import Struct

from outpace.inside.units import functions_of

DOCUMENTS = frozenset({".md", ".rst", ".txt", ".adoc"})
ABOUT_CHANGES = ("change", "history", "news", "readme", "release")
VERB = r"(?:remov|drop|delet|discontinu|renam|replac|deprecat)\w*"
REMOVES = re.compile(rf"\b{VERB}\s+(?P<object>.*)$", re.IGNORECASE)
IS_GONE = re.compile(
    rf"^\W*(?:(?:\w+\W+){{0,2}}?(?:is|are|was|were|has been|have been|been)\s+(?:now\s+)?(?:{VERB}|gone)"
    r"|(?:is|are)\s+no\s+(?:longer|more)\b)",
    re.IGNORECASE,
)
DENIES = re.compile(r"\b(?:not|never|nowhere)\b", re.IGNORECASE)
SENTENCE = re.compile(r"(?<=[.!?;])\s+")
FILLERS = frozenset({
    "a", "alias", "aliases", "all", "an", "and", "argument", "arguments", "attribute", "attributes", "class",
    "classes", "deprecated", "for", "function", "functions", "keyword", "keywords", "legacy", "long", "method",
    "methods", "module", "modules", "obsolete", "of", "old", "option", "options", "or", "parameter", "parameters",
    "previously", "property", "support", "the", "unused",
})  # fmt: skip
"""Words that may stand between what is done and what it is done to."""
NAME = re.compile(r"``?[^`]+``?|[\w.]+\(\)|\w*[._]\w[\w.]*")
QUOTED = re.compile(r"``?([^`\n]{1,60})``?|\"([^\"\n]{1,60})\"|'([^'\n]{1,60})'")
WORD = re.compile(r"[A-Za-z][a-z]+|[A-Z]{2,}")
SHORT = 2
"""Characters of a text that says nothing outside of quotes."""
ENDINGS = ("ing", "ed", "es", "s", "e")
COMMON = frozenset({
    "a", "about", "all", "also", "an", "and", "another", "any", "are", "as", "at", "be", "behind", "but", "by",
    "can", "case", "does", "each", "for", "from", "get", "given", "has", "have", "if", "in", "into", "is", "it",
    "its", "keep", "make", "new", "no", "none", "not", "of", "on", "one", "only", "or", "other", "out", "over",
    "returns", "right", "same", "say", "set", "should", "show", "some", "test", "that", "the", "their", "them",
    "then", "there", "they", "this", "to", "two", "up", "use", "value", "values", "was", "what", "when", "where",
    "which", "who", "with", "without", "work", "you",
})  # fmt: skip


class Lines(Struct, frozen=True, kw_only=True):
    """Of a text that is another one now: those that came and those that went."""

    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.came, *self.went)

    @property
    def words(self) -> frozenset[str]:
        """On one side only."""
        return words(" ".join(self.came)) ^ words(" ".join(self.went))

    @property
    def quoted(self) -> frozenset[str]:
        """Literal texts on one side only."""
        return quoted(self.came) ^ quoted(self.went)


class Intent(Struct, frozen=True, kw_only=True):
    """Docstrings by path and function."""

    messages: tuple[str, ...] = ()
    documents: Lines = Lines()
    docstrings: Mapping[tuple[str, str], Lines] = {}

    @property
    def came(self) -> tuple[str, ...]:
        """What the commits and the documents say now."""
        return (*(line for text in self.messages for line in text.splitlines()), *self.documents.came)

    @property
    def told(self) -> tuple[str, ...]:
        """All that is said now: docstrings too."""
        return (*self.came, *(line for lines in self.docstrings.values() for line in lines.came))

    @property
    def lines(self) -> tuple[str, ...]:
        said = (line for lines in self.docstrings.values() for line in lines.all)
        return (*(line for text in self.messages for line in text.splitlines()), *self.documents.all, *said)


def intent(messages: Iterable[str], old: Mapping[str, str], new: Mapping[str, str]) -> Intent:
    """Of texts by their paths."""
    came, went = list[str](), list[str]()
    docstrings: dict[tuple[str, str], Lines] = {}
    for path in sorted({*old, *new}):
        before, after = old.get(path, ""), new.get(path, "")
        if before == after:
            continue
        if is_document(path):
            lines = _lines(before, after)
            came += lines.came
            went += lines.went
        elif path.endswith(".py"):
            docstrings.update({(path, name): lines for name, lines in _docstrings(before, after).items()})
    documents = Lines(came=tuple(came), went=tuple(went))
    return Intent(messages=tuple(messages), documents=documents, docstrings=docstrings)


def is_document(path: str) -> bool:
    place = PurePosixPath(path)
    return place.suffix in DOCUMENTS or (not place.suffix and place.name.lower().startswith(ABOUT_CHANGES))


def _lines(before: str, after: str) -> Lines:
    was, now = before.splitlines(), after.splitlines()
    there, here = frozenset(was), frozenset(now)
    return Lines(
        came=tuple(line for line in now if line not in there), went=tuple(line for line in was if line not in here)
    )


def _docstrings(before: str, after: str) -> dict[str, Lines]:
    """Of each function, class ("name.") and module ("") whose text differs; what is new has none to differ from."""
    old, new = _documented(before), _documented(after)
    changed = {name: _lines(old[name], text) for name, text in new.items() if name in old}
    return {name: lines for name, lines in changed.items() if lines.all}


def _documented(source: str) -> dict[str, str]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found = {"": ast.get_docstring(tree) or ""}
    for name, function in functions_of(tree):
        found[name] = ast.get_docstring(function) or ""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            found.setdefault(f"{node.name}.", ast.get_docstring(node) or "")
    return found


def words(text: str) -> frozenset[str]:
    """Those that tell something, without their endings."""
    return frozenset(stem for word in WORD.findall(text) if (stem := _stem(word.lower())) and len(stem) > 2)


def _stem(word: str) -> str:
    if word in COMMON:
        return ""
    ending = next((each for each in ENDINGS if word.endswith(each) and len(word) - len(each) > 2), "")
    return word[: len(word) - len(ending)]


def quoted(lines: Iterable[str]) -> frozenset[str]:
    found = (next((each for each in groups if each), "") for line in lines for groups in QUOTED.findall(line))
    return frozenset(text.strip("'\"") for text in found)


def removal_of(name: str, lines: Iterable[str]) -> str:
    """The line with a sentence that says so, of the name or of its singular; or nothing."""
    one = re.sub(r"(?<=\w{4})(?:es|s)$", "", name)
    pattern = re.compile(rf"(?<!\w)(?:{re.escape(name)}|{re.escape(one)})(?!\w)")
    for line in lines:
        if any(_removes(sentence, found) for sentence in SENTENCE.split(line) for found in pattern.finditer(sentence)):
            return line.strip()
    return ""


def _removes(sentence: str, name: re.Match[str]) -> bool:
    """Whether the name is what is removed: behind the verb, with other names beside it at most; or ahead of "is"."""
    if DENIES.search(sentence):
        return False
    if IS_GONE.search(sentence[name.end() :].lstrip("`'\"()")):
        return True
    ahead = REMOVES.search(sentence[: name.start()])
    if ahead is None:
        return False
    between = NAME.sub(" ", ahead["object"])
    return all(word.lower() in FILLERS for word in re.findall(r"\w+", between))


def names(text: str, line: str) -> bool:
    """Whether the line says exactly this text: quoted, or as it is, where that is no plain word or number."""
    if text in quoted((line,)):
        return True
    telling = len(text.strip()) > SHORT and not text.isalnum()
    return telling and bool(re.search(rf"(?<![\w#]){re.escape(text)}(?!\w)", line))


def quoting(texts: Iterable[str], lines: Iterable[str]) -> str:
    """The first line that quotes each of these texts, alone or as one of the words that it quotes; or nothing."""
    wanted = frozenset(texts)
    for line in lines:
        found = quoted((line,))
        if wanted and wanted <= found | {word for text in found for word in text.split()}:
            return line.strip()
    return ""
