"""YAML that a stranger wrote, as text and its nesting: nothing is made of it, no alias followed unasked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias, cast

from msgspec import Struct

if TYPE_CHECKING:
    from yaml.events import Event

LARGEST = 16 << 20  # characters
SMALL = 20_000
DEEPEST = 30
MOST_EVENTS = 2_000_000  # a value, or where a list or a table begins or ends
MOST_REPEATED = 100_000  # parts of a document once its aliases are written out
MERGE = "<<"

STRING_TAGS = frozenset({"!", "tag:yaml.org,2002:str"})


class Scalar(Struct, frozen=True, tag=True):
    """As it is written: `1.10` stays `1.10`."""

    text: str
    line: int


class Items(Struct, frozen=True, tag=True):
    nodes: tuple[Node, ...]
    line: int


class Pairs(Struct, frozen=True, tag=True):
    rows: dict[str, Node]
    line: int

    def text(self, key: str) -> str:
        """Empty where there is none, or it is no scalar."""
        node = self.rows.get(key)
        return node.text if isinstance(node, Scalar) else ""


Node: TypeAlias = Scalar | Items | Pairs


def rows_of(node: Node | None) -> dict[str, Node]:
    """Empty where it is no mapping."""
    return node.rows if isinstance(node, Pairs) else {}


class NotYaml(ValueError):
    """Says what is wrong, and on which line where that is known."""

    def __init__(self, why: str, line: int | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.line = line


def node_of(text: str, *, aliases: bool = False) -> Node:
    """The one document. Raises NotYaml: also for what is YAML and has more than one meaning or no bound.

    With `aliases`, anchors stand for what they name and `<<` merges, as far as the document stays small written out.
    """
    if len(text) > LARGEST:
        raise NotYaml(f"it has more than {LARGEST:,} characters of YAML")
    if aliases:
        return _Builder(aliases=True).built(_events(text))
    return _small(text) if len(text) <= SMALL else _Builder().built(_events(text))


@lru_cache(maxsize=128)  # an environment is looked at for what it includes, and then read
def _small(text: str) -> Node:
    return _Builder().built(_events(text))


def _events(text: str) -> Iterator[Event]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same events, from libyaml where it is there
    parse = cast("Callable[..., Iterator[Event]]", yaml.parse)  # pyright: ignore[reportUnknownMemberType]  its stub is bare
    try:
        yield from parse(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = None if mark is None else min(mark.line, text.rstrip().count("\n")) + 1
        raise NotYaml(f"not YAML: {error.problem or 'it ends early'}", line) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise NotYaml(f"not YAML: {type(error).__name__}") from None


class _Open(Struct):
    """A list or a table that has not ended; `key` is set where a value is due."""

    line: int
    nodes: list[Node] | None = None
    rows: dict[str, Node] | None = None
    key: str | None = None
    anchor: str | None = None
    parts: int = 1  # its own and those of all that lies in it, repeated ones counted each time
    merged: dict[str, Node] | None = None


def _check_tag(tag: str | None, line: int) -> None:
    if tag is not None and tag not in STRING_TAGS:
        raise NotYaml(f"line {line} has the tag {tag[:60]!r}, which is not obeyed", line)


class _Builder:
    def __init__(self, *, aliases: bool = False) -> None:
        self._open: list[_Open] = []
        self._whole: Node | None = None
        self._aliases = aliases
        self._named: dict[str, tuple[Node, int]] = {}

    def built(self, events: Iterator[Event]) -> Node:
        from yaml import events as kinds

        scalars = kinds.ScalarEvent
        for number, event in enumerate(events):
            line = event.start_mark.line + 1
            if type(event) is scalars:  # most of them, so it is asked first
                if event.tag is not None:
                    _check_tag(event.tag, line)
                if self._aliases and self._open:
                    self._grow(self._open[-1], 1, line)
                self._put(self._called(event.anchor, Scalar(event.value, line), 1), line)
            else:
                self._shape(event, line)
            if number > MOST_EVENTS:
                raise NotYaml(f"it has more than {MOST_EVENTS:,} parts", line)
        if self._whole is None:
            raise NotYaml("it holds no document")
        return self._whole

    def _shape(self, event: Event, line: int) -> None:
        from yaml import events as kinds

        match event:
            case kinds.CollectionStartEvent():
                _check_tag(event.tag, line)
                is_table = isinstance(event, kinds.MappingStartEvent)
                begun = _Open(line, rows={}) if is_table else _Open(line, nodes=[])
                begun.anchor = event.anchor
                self._begin(begun)
            case kinds.CollectionEndEvent():
                self._end()
            case kinds.AliasEvent():
                self._repeat(event.anchor, line)
            case kinds.DocumentStartEvent() if self._whole is not None:
                raise NotYaml(f"line {line} begins a second document", line)
            case _:
                pass

    def _called(self, anchor: str | None, node: Node, parts: int) -> Node:
        if anchor is not None and self._aliases:
            self._named[anchor] = (node, parts)
        return node

    def _repeat(self, anchor: str | None, line: int) -> None:
        if not self._aliases:
            raise NotYaml(f"line {line} uses an alias (*), which is not followed", line)
        known = self._named.get(anchor or "")
        if known is None:
            raise NotYaml(f"line {line} uses an alias that names nothing before it", line)
        node, parts = known
        if self._open:
            self._grow(self._open[-1], parts, line)
        self._put(node, line)

    def _grow(self, into: _Open, parts: int, line: int) -> None:
        into.parts += parts
        if self._aliases and into.parts > MOST_REPEATED:
            raise NotYaml(f"line {line}: with its aliases written out it has more than {MOST_REPEATED:,} parts", line)

    def _begin(self, opened: _Open) -> None:
        if len(self._open) >= DEEPEST:
            raise NotYaml(f"line {opened.line} is nested more than {DEEPEST} deep", opened.line)
        self._open.append(opened)

    def _end(self) -> None:
        done = self._open.pop()
        rows = done.rows if not done.merged or done.rows is None else {**done.merged, **done.rows}
        node = Pairs(rows, done.line) if rows is not None else Items(tuple(done.nodes or ()), done.line)
        if self._open:
            self._grow(self._open[-1], done.parts, done.line)
        self._put(self._called(done.anchor, node, done.parts), done.line)

    def _put(self, node: Node, line: int) -> None:
        if not self._open:
            self._whole = node
            return
        into = self._open[-1]
        if into.nodes is not None:
            into.nodes.append(node)
        elif into.key is not None:
            self._row(into, into.key, node)
            into.key = None
        elif not isinstance(node, Scalar):
            raise NotYaml(f"line {line} has a list or a table for a key", line)
        elif into.rows is not None and node.text in into.rows:
            raise NotYaml(f"line {line}: the key {node.text[:60]!r} appears twice", line)
        else:
            into.key = node.text

    def _row(self, into: _Open, key: str, node: Node) -> None:
        assert into.rows is not None
        if not self._aliases or key != MERGE:
            into.rows[key] = node
            return
        tables = node.nodes if isinstance(node, Items) else (node,)
        merged = dict(into.merged or {})
        for table in reversed([each for each in tables if isinstance(each, Pairs)]):
            merged = {**merged, **table.rows}
        into.merged = merged
