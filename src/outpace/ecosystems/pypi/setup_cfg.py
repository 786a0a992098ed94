"""setup.cfg: what setuptools installs with the project, `install_requires` and `extras_require`."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator

from outpace.ecosystems.pypi.demands import SETTLE, Demand, demanded
from outpace.ecosystems.pypi.indexes import Declared
from outpace.ecosystems.pypi.locks import text_of
from outpace.ecosystems.reading import Reading, refused, together
from outpace.model.inventory import Unread

OPTIONS, EXTRAS = "options", "options.extras_require"

_BLANKS = re.compile(r"[^\S\n]{300,}")  # configparser's time grows with the square of such a run


class _Parser(configparser.RawConfigParser):
    """As setuptools has it: keys keep their case."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def read_setup_cfg(file: str, data: bytes, declared: Declared) -> Reading | None:
    """None where it asks for nothing: then it only configures tools, or setup.py asks."""
    if not data.strip():
        return None
    text = text_of(file, data, "setup.cfg")
    if isinstance(text, Reading):
        return text
    text = text.replace("\r", "\n")  # as setuptools opens it
    if found := _BLANKS.search(text):
        line = text.count("\n", 0, found.start()) + 1
        return refused(file, f"line {line} holds a run of more than 300 blanks", line)
    parser = _Parser()
    try:
        parser.read_string(text, source=file)
    except configparser.Error as error:
        return refused(file, f"not as setup.cfg is written: {type(error).__name__}", getattr(error, "lineno", None))
    rows = list(_rows(parser))
    if not rows:
        return None
    plain = [(groups, value) for groups, value in rows if not _is_directive(value)]
    unread = tuple(_directive(file, value) for _, value in rows if _is_directive(value))
    read = demanded(file, _demands(text, plain), declared)
    return together([read, Reading(unread=unread)])


def _rows(parser: configparser.RawConfigParser) -> Iterator[tuple[tuple[str, ...], str]]:
    asked = parser.get(OPTIONS, "install_requires", fallback=None) or parser.get(
        OPTIONS, "install-requires", fallback=None
    )
    if asked and asked.strip():
        yield (), asked
    if parser.has_section(EXTRAS):
        for name, value in parser.items(EXTRAS):
            if value and value.strip():
                yield (name,), value


def _is_directive(value: str) -> bool:
    return value.strip().startswith(("file:", "attr:"))


def _directive(file: str, value: str) -> Unread:
    shown = " ".join(value.split())[:80]
    return Unread(file=file, why=f"it takes requirements from {shown!r}, which is not followed; {SETTLE}")


def _demands(text: str, rows: list[tuple[tuple[str, ...], str]]) -> Iterator[Demand]:
    """setuptools splits at line ends, or at semicolons where there is but one line."""
    lines: dict[str, list[int]] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        lines.setdefault(line.strip(), []).append(number)
    for groups, value in rows:
        for each in value.split("\n") if "\n" in value else value.split(";"):
            bare = each.partition(" #")[0].strip()
            if bare and not bare.startswith("#"):
                places = lines.get(each.strip(), [])
                line = None if not places else places.pop(0) if len(places) > 1 else places[0]
                yield Demand(text=bare, line=line, groups=groups)
