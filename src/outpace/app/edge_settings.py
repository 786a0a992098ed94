"""What runs was started with, held against what is declared now."""

from __future__ import annotations

from collections.abc import Iterator

from outpace.app.rollout_parts import Candidate
from outpace.delivery.edge.standing import Program, Standing, worker_name

KEYS = {"argv": "`run`", "cwd": "`path`", "paths": "PATH", "stop_s": "`drain`", "ready": "`ready`"}


def differences(standing: Standing, candidate: Candidate) -> tuple[str, ...]:
    """Of the good release, in words; no value is in them, since it may be a secret."""
    return tuple(_differences(standing, candidate))


def _differences(standing: Standing, candidate: Candidate) -> Iterator[str]:
    mine = [each for each in standing.instances if each.release == candidate.release and each.service != "leaving"]
    pairs = [(each.program, candidate.program.at(each.port)) for each in mine if each.program is not None]
    yield from sorted({words for ours, declared in pairs for words in _otherwise(ours, declared)})
    if len(mine) != candidate.instances:
        yield f"`instances` ({candidate.instances}, and here {len(mine)})"
    if {worker_name(name, program) for name, program in candidate.workers} != set(standing.workers):
        yield "`workers`"
    if standing.listens_otherwise:
        yield "`listen`, `tls`, `trusted_hops` or `record`"


def _otherwise(ours: Program, declared: Program) -> Iterator[str]:
    yield from (words for key, words in KEYS.items() if getattr(ours, key) != getattr(declared, key))
    both = ours.variables, declared.variables
    for name in sorted(both[0].keys() | both[1].keys()):
        if both[0].get(name) != both[1].get(name):
            yield f"`variables` ({name})"
