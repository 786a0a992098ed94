"""A text of the change beside what another input is exploited with: `sql:` and a condition, a command and `.gz`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from outpace.proving.ladder.cases import Case, Witness, numbered
from outpace.proving.ladder.constants import LONGEST, brought
from outpace.proving.ladder.patch import Patch
from outpace.proving.ladder.variants import replaced, says_itself, texts

MOST = 240
CROSSED = "a text of the change beside what another input says"


def crossed(patch: Patch, witnesses: Sequence[Witness], siblings: Sequence[str]) -> tuple[Case, ...]:
    """In each place of each way in. What has its effect on base too is another way in, and no trigger: both are to be
    run. Raises SyntaxError."""
    payloads = tuple(dict.fromkeys(text for each in (*(w.does for w in witnesses), *siblings) for text in texts(each)))
    joined = [
        each
        for value in _words([value for value in brought(patch) if isinstance(value, str)])
        for payload in payloads
        for each in (value + payload, payload + value)
    ]
    found: dict[tuple[int, str], Case] = {}
    for of, witness in enumerate(witnesses):
        for way in (witness.does, *siblings):
            for does in replaced(way, lambda _: iter(joined)):
                if not says_itself(witness, does):
                    found.setdefault((of, does), Case(id="", setup=witness.setup, does=does, of=of, sort=CROSSED))
    return numbered("crossed", found.values(), MOST)


def _words(values: Sequence[str]) -> Iterator[str]:
    """The texts, and words with a sign behind them: `name:` may be asked for in two steps."""
    signs = [each for each in values if len(each) <= 2 and not each.isalnum()]
    for value in values:
        if len(value) <= LONGEST and "\n" not in value and not ("%" in value and " " in value):
            yield value
            if value.isidentifier():
                yield from (value + sign for sign in signs)
