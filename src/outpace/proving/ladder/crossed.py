"""A text of the change beside what another input is exploited with: `sql:` and a condition, a command and `.gz`."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from outpace.proving.ladder.cases import Case, TakesLong, Witness, numbered, thinned
from outpace.proving.ladder.constants import LONGEST, triggers
from outpace.proving.ladder.literals import replaced, texts
from outpace.proving.ladder.patch import Patch
from outpace.proving.ladder.shape import code
from outpace.proving.ladder.variants import control_of, says_itself

MOST = 200
"""Of each of the two sorts."""
CROSSED = "a text of the change beside what another input says"
CUTS = frozenset({"partition", "rpartition", "split", "rsplit", "startswith", "endswith"})


def crossed(patch: Patch, witnesses: Sequence[Witness], siblings: Sequence[str]) -> tuple[Case, ...]:
    """In each place of each way in. What has its effect on base too is another way in, and no trigger: both are to be
    run; where time is the effect, that takes too much of it. Raises SyntaxError."""
    payloads = tuple(dict.fromkeys(text for each in (*(w.does for w in witnesses), *siblings) for text in texts(each)))
    values = [value for value in triggers(patch) if isinstance(value, str) and _is_short(value)]
    first = [joint + payload for joint in _joints(patch, values) for payload in payloads]
    rest = [each for value in values for payload in payloads for each in (value + payload, payload + value)]
    return numbered("crossed", (*_cases(witnesses, siblings, first), *_cases(witnesses, siblings, rest)))


def _cases(witnesses: Sequence[Witness], siblings: Sequence[str], inputs: Sequence[str]) -> tuple[Case, ...]:
    found: dict[tuple[int, str], str] = {}
    for of, witness in enumerate(witnesses):
        for way in (witness.does, *siblings) if not isinstance(witness.exploited, TakesLong) else ():
            for does in replaced(way, lambda _: iter(inputs)):
                if not says_itself(witness, does):
                    found.setdefault((of, does), way)
    return tuple(
        Case(
            id="", setup=witnesses[of].setup, does=does, of=of, sort=CROSSED,
            control=control_of(witnesses[of], way, does),
        )
        for (of, does), way in thinned(found.items(), MOST)
    )  # fmt: skip


def _is_short(value: str) -> bool:
    """No text for people, nor a whole statement."""
    return len(value) <= LONGEST and "\n" not in value and not ("%" in value and " " in value)


def _joints(patch: Patch, values: Sequence[str]) -> Iterator[str]:
    """A word and the sign at which inputs are cut: `name:` may be asked for in two steps."""
    signs = dict.fromkeys(sign for file in code(patch) for sign in _cuts(file.after or b"") if sign in values)
    for value in values:
        if value.isidentifier():
            yield from (value + sign for sign in signs)


def _cuts(source: bytes) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(attr=name), args=[ast.Constant(value=str() as sign), *_]) if name in CUTS:
                if not sign.isalnum():
                    yield sign
            case _:
                pass
