"""A CI definition as a survey reads it, whatever the service: scripts and actions of jobs, gates, and dead ends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct, structs

from outpace.model.yaml_text import Items, Node, Scalar, rows_of
from outpace.pipelines import events
from outpace.pipelines.events import Lost, Origin
from outpace.pipelines.surveyed import Gate, System

WORD = re.compile(r"[a-z]+|[0-9]+")
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Script(Struct, frozen=True, kw_only=True):
    """Told by a shell; `waved`: its failure does not fail the job."""

    text: str
    origin: Origin
    env: events.Pairs = ()
    directory: str = ""
    waved: bool = False


class Action(Struct, frozen=True, kw_only=True):
    """What a service offers by name: `actions/checkout`, `orb circleci/node/test`, `task Docker`."""

    name: str
    origin: Origin
    given: events.Pairs = ()
    directory: str = ""
    waved: bool = False

    def told(self, *names: str) -> str:
        """The first of these that it is given; empty where it is given none."""
        given = {key.lower(): value for key, value in self.given}
        return next((given[name.lower()] for name in names if given.get(name.lower())), "")


Step: TypeAlias = Script | Action


class Described(Struct, frozen=True, kw_only=True):
    """One job. `around` are further names that tell what it is for: its environment, its stage."""

    name: str
    origin: Origin
    steps: tuple[Step, ...] = ()
    gates: tuple[Gate, ...] = ()
    lost: tuple[Lost, ...] = ()
    around: tuple[str, ...] = ()
    for_changes: bool = True
    by_hand: bool = False  # only a hand starts it
    delivers: str = ""  # the word by which the service itself calls it a deployment


class Definition(Struct, frozen=True, kw_only=True):
    system: System
    file: str
    jobs: tuple[Described, ...] = ()
    lost: tuple[Lost, ...] = ()


def held(jobs: Sequence[Described], needs: Mapping[str, Sequence[str]]) -> Iterator[Described]:
    """Each with the gates of those that it needs, near and far: what waits for them waits as well."""
    opened = {each.name: each.gates for each in jobs}

    def before(name: str, seen: set[str]) -> Iterator[Gate]:
        for need in needs.get(name, ()):
            if need not in seen:
                seen.add(need)
                yield from (gate for gate in opened.get(need, ()) if gate.manual)
                yield from before(need, seen)

    for each in jobs:
        yield structs.replace(each, gates=tuple(dict.fromkeys((*each.gates, *before(each.name, {each.name})))))


def name_words(*names: str) -> frozenset[str]:
    """`deploy-toProd_2` is deploy, to, prod, 2."""
    return frozenset(word for name in names for word in WORD.findall(CAMEL.sub(" ", name[:300]).lower()))


def items_of(node: Node | None) -> tuple[Node, ...]:
    """Those of a list; one thing alone is a list of it."""
    return node.nodes if isinstance(node, Items) else () if node is None else (node,)


def text_of(node: Node | None) -> str:
    return node.text if isinstance(node, Scalar) else ""


def pairs_of(node: Node | None) -> events.Pairs:
    """Keys with what is written as text; lists of texts are joined by lines."""
    found: list[tuple[str, str]] = []
    for key, value in rows_of(node).items():
        match value:
            case Scalar(text=text):
                found.append((key, text))
            case Items(nodes=nodes):
                found.append((key, "\n".join(text_of(each) for each in nodes)))
            case _:
                pass
    return tuple(found)
