"""`[[gates]]` of outpace.toml: what the types cannot refuse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from outpace.model.gate import Gate
from outpace.pipelines.deadlines import span


def problems(gates: Sequence[Gate]) -> Iterator[str]:
    """Each names the key, the value and the mend."""
    names = [each.name for each in gates]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"two gates are called {name!r}; give each its own `name`"
    for number, each in enumerate(gates):
        yield from (f"gates[{number}] ({each.name!r}): {problem}" for problem in _of_one(each))


def _of_one(gate: Gate) -> Iterator[str]:
    if not gate.name.strip():
        yield "`name` is empty; say in a word what it is"
    if gate.job is not None and not gate.job.strip():
        yield "`job` is empty; write the job, the step or the environment of CI that holds there, or leave it out"
    wrong = False
    for key, told in (("wait", gate.wait), ("touch", gate.touch)):
        try:
            span(told or "1 minute")
        except ValueError as error:
            wrong = True
            yield f"`{key} = {told!r}` {error}"
    if not wrong and gate.wait and gate.touch and span(gate.touch) > span(gate.wait):
        yield f"`touch = {gate.touch!r}` is longer than `wait = {gate.wait!r}`, of which it is a part"
