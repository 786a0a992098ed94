"""Which laws hold: on what the search found, and on three hundred examples that nobody has seen."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from .contents import FILE
from .fitting import Fitting, fits
from .laws import SCALARS, Column, Law
from .programs import (
    ATTRIBUTE,
    CALL,
    CONSTANT,
    FIXTURE,
    NAME,
    VARIABLE,
    Literal,
    Node,
    Program,
    constant,
    filled,
    names,
    nodes,
    source,
)
from .search import Kept, Search, Strange
from .simpler import constants, weight
from .values import DEPTH, Values

if TYPE_CHECKING:
    from .generate import Generation

FRESH = 300
MOST_DRAWN = 1200
BATCH = 50
AT_ONCE = 5
MOST_LOST = 4
MOST_CORPUS = 40
MOST_LAWS = 40
FEW = 10
STEPS = 12
LONGEST_PIECE = 12
LETTERS = "abzAZ09 _-.,:;/@#%&+='\"\\\n\t()[]{}<>éßİΩ中\x00\u2028😀"
STRATEGIES = {
    "str": "st.text()",
    "int": "st.integers()",
    "bytes": "st.binary()",
    "bool": "st.booleans()",
    "float": "st.floats(allow_nan=False, allow_infinity=False)",
}

Examples = tuple[Node, ...]


class Holding(NamedTuple):
    """A law that was true wherever it said something, and the plainest examples of different ways through the module.
    With `everywhere`, it said something of all that was drawn."""

    law: Law
    kept: tuple[Kept, ...]
    everywhere: bool

    @property
    def strategies(self) -> tuple[str, ...]:
        """Of Hypothesis, for each column; none where an example may be one of which nothing is claimed."""
        hints = [column.parameter.hint[0] if column.parameter else "" for column in self.law.columns]
        known = self.everywhere and all(hint in STRATEGIES for hint in hints)
        return tuple(STRATEGIES[hint] for hint in hints) if known else ()


class Tried(NamedTuple):
    holding: list[Holding]
    broken: list[Strange]
    executions: int


def tried(generation: Generation, laws: Sequence[Law], values: Values, search: Search, fitting: Fitting) -> Tried:
    holding: list[Holding] = []
    broken: list[Strange] = []
    executions = 0
    for number, law in enumerate(laws[:MOST_LAWS]):
        if number % 10 == 0:
            generation.answers.progress(f"{number} of {len(laws)} laws tried, {len(holding)} hold")
        trial = _Trial(generation, law, values, search, fitting)
        held = trial.holds()
        against = trial.counterexample()
        holding += [held] if held is not None else []
        broken += [against] if against is not None else []
        executions += trial.executions
    return Tried(holding, broken, executions)


class _Trial:
    def __init__(self, generation: Generation, law: Law, values: Values, search: Search, fitting: Fitting) -> None:
        self._generation = generation
        self._law = law
        self._values = values
        self._rng = random.Random(f"{generation.seed} {law.name}")  # noqa: S311  the same again for the same seed
        self._fitting = fitting
        self._corpus = [each for each in _corpus(law, search.kept, values) if self._fair(each)][:MOST_CORPUS]
        self._kinds = [
            _kinds(column, [each[place] for each in self._corpus]) for place, column in enumerate(law.columns)
        ]
        self._pieces = pieces(values.texts(law.target))
        self._true: list[tuple[Examples, dict[str, Any]]] = []
        self._silent = 0
        self._lost = 0
        self._against: list[tuple[Examples, str]] = []
        self.executions = 0

    def holds(self) -> Holding | None:
        if not self._all_true(self._corpus):
            return None
        known = len(self._true)
        drawn = {self._said(each) for each in self._corpus}
        for _ in range(MOST_DRAWN // BATCH):
            fresh = {self._said(each): each for each in self._drawn()}
            batch = [each for said, each in fresh.items() if said not in drawn]
            drawn |= set(fresh)
            if not self._all_true(batch):
                return None
            if len(self._true) - known >= FRESH:
                return Holding(self._law, tuple(self._few()), everywhere=not self._silent)
        return None

    def _fair(self, examples: Examples) -> bool:
        """A law says nothing of arguments of other types. Those of functions are columns themselves."""
        hints = [column.parameter.hint if column.parameter else ("any",) for column in self._law.columns]
        typed = all(fits(each, hint) for each, hint in zip(examples, hints))  # noqa: B905  Python 3.9
        return typed and _closed(examples) and self._fitting.fits(examples)

    def _said(self, examples: Examples) -> str:
        return source(examples)

    def _drawn(self) -> Iterator[Examples]:
        for _ in range(BATCH):
            found: list[Node] = []
            for place, column in enumerate(self._law.columns):
                found.append(self._value(column, self._kinds[place], found))
            if self._fair(tuple(found)):
                yield tuple(found)

    def _value(self, column: Column, kinds: Sequence[str], before: Sequence[Node]) -> Node:
        rng = self._rng
        if column.like >= 0 and (column.always or rng.random() < 0.4):
            return before[column.like]
        if column.parameter is None:
            return self._values.instance(column.instance, rng, DEPTH)
        if kinds and rng.random() < 0.5:
            return constant(wild(rng.choice(kinds), self._pieces, rng))
        return self._values.argument_of(column.parameter, column.within, rng)

    def _all_true(self, batch: Sequence[Examples]) -> bool:
        """A few at a time: nothing more is asked of what comes to no end, or ends its process, again and again."""
        for start in range(0, len(batch), AT_ONCE):
            if self._lost >= MOST_LOST:
                return False
            asked = batch[start : start + AT_ONCE]
            rows = self._generation.run(self._generation.probed, [self._law.steps(each) for each in asked])
            self.executions += len(rows)
            self._lost += sum(bool(row["bad"]) for row in rows)
            told = [(examples, self._heard(examples, row)) for examples, row in zip(asked, rows)]  # noqa: B905
            self._against += [(examples, why) for examples, why in told if why]
        return not self._against and self._lost < MOST_LOST

    def _heard(self, examples: Examples, row: dict[str, Any]) -> str:
        """Why it is broken; nothing where it is true, and where it says nothing."""
        last = len(examples) + len(self._law.inner)
        if row["bad"] or 0 <= row["statement"] < last:
            self._silent += 1
            return ""
        if "raises" in row["seen"]:
            return f"raised {row['seen']['raises'][1].rpartition(':')[2]}"
        if row["seen"].get(f"{last}:{{}}") != ["is", "True"]:
            return "is not true"
        self._true.append((examples, row))
        return ""

    def counterexample(self) -> Strange | None:
        """The plainest; of interest where most are true, and the values are of the types that were asked for."""
        if not self._law.expected or not self._against:
            return None
        self._all_true(list(self._drawn()))
        typed = self._law.target.typed
        fair = [each for each in self._against if typed or all(one.kind == CONSTANT for one in each[0])]
        if not fair or len(self._true) < max(FEW, len(self._against)):
            return None
        examples, why = self._plainest(*min(fair, key=lambda each: weight(each[0])))
        return Strange((filled(self._law.whole, examples),), self._law.target, why)

    def _plainest(self, examples: Examples, why: str) -> tuple[Examples, str]:
        """Made plainer as long as it breaks the law in the same way."""
        for _ in range(STEPS):
            plainer = [
                (*examples[:place], constant(value), *examples[place + 1 :])
                for place, each in enumerate(examples)
                if each.kind == CONSTANT
                for value in constants(each.value)
            ]
            self._against = []
            self._all_true([each for each in plainer if weight(each) < weight(examples)])
            same = [each for each, reason in self._against if reason == why]
            if not same:
                break
            examples = min(same, key=weight)
        return examples, why

    def _few(self) -> Iterator[Kept]:
        """The plainest of each new way through the module, then more of the plainest."""
        ordered = sorted(self._true, key=lambda each: weight(each[0]))
        taken: set[tuple[str, int]] = set()
        first: list[tuple[Examples, dict[str, Any]]] = []
        for each in ordered:
            ways = {("line", line) for line in each[1]["lines"]} | {("outcome", way) for way in each[1]["outcomes"]}
            if not ways <= taken:
                taken |= ways
                first.append(each)
        rest = [each for each in ordered[: 4 * FEW : 4] if each not in first]
        for examples, row in (first + rest)[: 2 * FEW]:
            yield Kept(self._law.written(examples), self._law.target, row)


def pieces(texts: Sequence[str]) -> list[str]:
    """The module's texts, and what they end with: put together, they are what breaks laws of texts."""
    short = [text for text in texts if 0 < len(text) <= LONGEST_PIECE]
    return list(dict.fromkeys([*short, *(text[place:] for text in short for place in range(1, len(text)))]))


def wild(word: str, texts: Sequence[str], rng: random.Random) -> Literal:
    """Of a type, with little regard to what the module wants."""
    if word == "str":
        if texts and rng.random() < 0.6:
            return "".join(rng.choice(texts) for _ in range(rng.choice((1, 2, 2, 3, 4, 6))))
        return "".join(rng.choice(LETTERS) for _ in range(rng.choice((0, 1, 1, 2, 3, 5, 8, 20))))
    if word == "bytes":
        return bytes(rng.randrange(256) for _ in range(rng.choice((0, 1, 2, 3, 8, 20))))
    if word == "int":
        return rng.randint(-(2 ** (bits := rng.choice((3, 8, 16, 33, 65)))), 2**bits)
    if word == "float":
        return rng.choice((rng.uniform(-10, 10), rng.uniform(-1e9, 1e9), float(rng.randint(-100, 100)), 1e-7))
    return rng.random() < 0.5


def _kinds(column: Column, seen: Sequence[Node]) -> list[str]:
    """Scalar types that it may have, by its hint or by what was seen."""
    if column.parameter is None:
        return []
    hint = column.parameter.hint
    words = [each[0] for each in hint[1]] if hint[0] == "union" else [hint[0]]
    if words == ["any"]:
        words = [type(each.value).__name__ for each in seen if each.kind == CONSTANT]
    return sorted({word for word in words if word in SCALARS})


def _corpus(law: Law, kept: Sequence[Kept], values: Values) -> Iterator[Examples]:
    wanted = sum(column.parameter is not None for column in law.columns)
    if not wanted:
        made = values.made(law.columns[0].instance)
        steps = [0 if each.always else number for number, each in enumerate(law.columns)]
        yield from (tuple(made[(place + step) % len(made)] for step in steps) for place in range(len(made)))
    for each in kept if wanted else ():
        if each.target.name == law.target.name and "raises" not in each.row["seen"]:
            found = _arguments(each.program, law.target.name, wanted)
            if found:
                yield found


def _arguments(program: Program, name: str, wanted: int) -> Examples:
    """What it was called with, its object first."""
    node = program[-1]
    if node.kind != CALL or node.keywords or len(node.children) < 1 + wanted:
        return ()
    what, given = node.children[0], node.children[1 : 1 + wanted]
    if what.kind == NAME and len(program) == 1 and str(what.value).endswith(f":{name}"):
        return given
    on_object = what.kind == ATTRIBUTE and len(program) == 2 and what.children[0].kind == VARIABLE
    return (program[0], *given) if on_object else ()


def _closed(examples: Examples) -> bool:
    """They can be written down anywhere."""
    if f":{FIXTURE}" in names(examples):
        return False
    return all(
        node.kind not in (VARIABLE, "wanted", FILE) and not (isinstance(node.value, float) and node.value != node.value)
        for _, node in nodes(examples)
    )
