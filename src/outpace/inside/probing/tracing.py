"""What the probes of a module tell while it runs: lines, outcomes, and the operands of what it compared."""

from __future__ import annotations

import builtins
import operator
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Union

LINE, CONDITION, LOOP, STEP = "__outpace_line__", "__outpace_condition__", "__outpace_loop__", "__outpace_step__"
COMPARE, ITEM, METHOD, FUNCTION = (
    "__outpace_compare__",
    "__outpace_item__",
    "__outpace_method__",
    "__outpace_function__",
)
MOST_STEPS = 200_000
MOST_LOGGED = 200
LONGEST = 400
MOST_ITEMS = 12
BY_WORD: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "is": operator.is_,
    "is not": operator.is_not,
    "in": lambda a, b: a in b,
    "not in": lambda a, b: a not in b,
}

Simple = Union[None, bool, int, float, str, list["Simple"]]
Logged = tuple[str, list[Simple]]


class TooManySteps(BaseException):
    """A loop that went round too often. Not caught by what catches Exception."""


class Trace:
    """What the probes tell, since `begin`."""

    def __init__(self) -> None:
        self.lines = bytearray()
        self.outcomes: set[int] = set()
        self.log: list[Logged] | None = None
        self.steps = 0

    def begin(self, *, log: bool) -> None:
        self.lines[:] = bytes(len(self.lines))
        self.outcomes.clear()
        self.log = [] if log else None
        self.steps = 0

    def ran(self) -> list[int]:
        return [number for number, seen in enumerate(self.lines) if seen]

    def install(self) -> None:
        for name, probe in (
            (LINE, self.lines),
            (CONDITION, self._condition),
            (LOOP, self._loop),
            (STEP, self._step),
            (COMPARE, self._compare),
            (ITEM, self._item),
            (METHOD, self._method),
            (FUNCTION, self._function),
        ):
            setattr(builtins, name, probe)

    def _condition(self, number: int, value: Any) -> Any:
        self.outcomes.add(2 * number + (1 if value else 0))
        return value

    def _step(self) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise TooManySteps

    def _loop(self, number: int, values: Iterable[Any]) -> Iterator[Any]:
        empty = True
        for value in values:
            if empty:
                empty = False
                self.outcomes.add(2 * number + 1)
            self.steps += 1
            if self.steps > MOST_STEPS:
                raise TooManySteps
            yield value
        self.outcomes.add(2 * number)

    def _compare(self, word: str, left: Any, right: Any) -> Any:
        if self.log is not None:
            self._note(word, left, right)
        return BY_WORD[word](left, right)

    def _item(self, held: Any, key: Any) -> Any:
        if self.log is not None:
            self._note("[]", held, key)
        return held[key]

    def _method(self, held: Any, name: str, *arguments: Any, **keywords: Any) -> Any:
        if self.log is not None:
            self._note(f".{name}", held, *arguments[:2])
        return getattr(held, name)(*arguments, **keywords)

    def _function(self, function: Any, name: str, *arguments: Any, **keywords: Any) -> Any:
        result = None
        try:
            result = function(*arguments, **keywords)
        finally:
            if self.log is not None:
                self._note(f"{name}()", *arguments[:2], result)
        return result

    def _note(self, word: str, *values: Any) -> None:
        if self.log is not None and len(self.log) < MOST_LOGGED:
            entry = (word, [simple(value) for value in values])
            if entry not in self.log:
                self.log.append(entry)


TRACE = Trace()


def simple(value: Any, depth: int = 2) -> Simple:  # noqa: PLR0911  one line a kind
    """As JSON: a constant tagged with its type, the members of a container, the name of a class, a pattern."""
    kind = _type_of(value)
    if value is None or kind in (bool, float):
        return ["c", repr(value)]
    if kind is int:
        return ["c", repr(value)] if value.bit_length() < 4000 else ["o", "int"]  # repr of longer ones is slow
    if kind in (str, bytes):
        return ["c", repr(value)] if len(value) <= LONGEST else ["o", kind.__name__]
    if kind is re.Pattern:
        return ["r", repr(value.pattern), int(value.flags)]
    if kind in (list, tuple, set, frozenset, dict) and depth:
        items = list(value)[:MOST_ITEMS]
        if kind in (set, frozenset):
            items.sort(key=repr)
        return ["s", kind.__name__, [simple(item, depth - 1) for item in items], len(value)]
    if isinstance(value, type):
        return ["t", f"{value.__module__}:{value.__qualname__}"]
    return ["o", f"{kind.__module__}:{kind.__qualname__}"]


def _type_of(value: object) -> type[Any]:
    return type(value)
