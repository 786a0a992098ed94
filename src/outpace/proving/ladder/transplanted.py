"""What exploits one call, in each place of the others: a way in that nobody named has the same effect on base.

A change that closes it is noticed where it does. One that leaves it open is not refuted for it: what takes markup may
give markup.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator

from outpace.proving.ladder.cases import Activates, Case, Returns, TakesLong, Witness, numbered
from outpace.proving.ladder.literals import exchangeable, read, replaced, texts
from outpace.proving.ladder.mixed import DECODES
from outpace.proving.ladder.neighbors import is_plain
from outpace.proving.ladder.variants import says_itself
from outpace.proving.tasks import Task

TRANSPLANTED = "what exploits one call, in a place of another"
MOST, MOST_PAYLOADS = 240, 6
MARKUP = ('"><script>alert(1)</script>', "'><script>alert(1)</script>", '" onfocus="alert(1)', "' onfocus='alert(1)")


def transplanted(task: Task) -> tuple[Case, ...]:
    """Not of a call that decodes its own answer, which may well be harmless as it was."""
    found: dict[tuple[int, str, str], Case] = {}
    for of, witness in enumerate(task.witnesses):
        payloads = _payloads(witness, task.siblings)
        for each in (one for one in task.benign if payloads and not DECODES.search(one.does)):
            control = (each.setup, each.does)
            for setup, does in _ways(each.setup, each.does, payloads):
                if not says_itself(witness, does) and not says_itself(witness, setup):
                    case = Case(id="", setup=setup, does=does, of=of, sort=TRANSPLANTED, control=control)
                    found.setdefault((of, setup, does), case)
    drawn = list(found.values())
    random.Random(0).shuffle(drawn)  # noqa: S311  the same each time, of each place and form
    return numbered("transplanted", drawn[:MOST])


def _payloads(witness: Witness, siblings: tuple[str, ...]) -> tuple[str, ...]:
    """Texts with marks in them. What is told by an answer or by time is another input's own."""
    if isinstance(witness.exploited, Returns | TakesLong):
        return ()
    found = [text for does in (witness.does, *siblings) for text in texts(does) if not is_plain(text) and text.strip()]
    also = MARKUP if isinstance(witness.exploited, Activates) else ()
    return tuple(dict.fromkeys((*also, *found)))[:MOST_PAYLOADS]


def _ways(setup: str, does: str, payloads: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for payload in payloads:
        for other in replaced(does, lambda text, payload=payload: iter((payload, text + payload))):
            yield setup, other
        for other in _in_setup(setup, payload):
            yield other, does


def _in_setup(setup: str, payload: str) -> Iterator[str]:
    """In each text that a call of the setup is given."""
    tree = read(setup)
    free = {id(each) for each in exchangeable(tree)}
    calls = (call for call in ast.walk(tree) if isinstance(call, ast.Call))
    for node in dict.fromkeys(each for call in calls for each in _arguments(call) if id(each) in free):
        old, node.value = node.value, payload
        yield ast.unparse(tree)
        node.value = old


def _arguments(call: ast.Call) -> Iterator[ast.Constant]:
    for each in (*call.args, *(word.value for word in call.keywords)):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each
