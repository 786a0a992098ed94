"""Processes of a release in succession: those declared now arrive beside those before, and stand in for them."""

from __future__ import annotations

import time
from collections.abc import Sequence

from outpace.delivery.edge.standing import SURELY_STARTED, Instance, Program
from outpace.delivery.edge.traffic import Upstream
from outpace.engines.envoy import sockets
from outpace.engines.envoy.place import Place
from outpace.engines.processes import proc
from outpace.model.release import Digest

PAUSE = 0.05
TOOK_OVER = 0.2
"""Seconds after Envoy says that it has them until each of its threads does."""


def begin(place: Place, program: Program, count: int) -> None:
    """So many that were started as is declared now; the others leave once these are healthy."""
    mine = place.of(program.release)
    wanted = [each for each in mine if each.program == program.at(each.port)]
    fit = [each for each in wanted if _can_listen(each) and not hangs(each, SURELY_STARTED)][:count]
    for each in mine:
        if each not in fit:
            _leave(place, each)
            continue
        place.forget_unstarted(each.name)
        if each.service == "leaving":
            place.mark(each.name, "serving")
    for _ in range(count - len(fit)):
        taken = frozenset(each.port for each in place.instances())
        place.declare(program, sockets.free_port(taken), "arriving")


def _leave(place: Place, one: Instance) -> None:
    if one.service == "arriving":  # nobody was sent to it yet
        place.dismiss(one.name)
    else:
        place.mark(one.name, "leaving")


def hangs(one: Instance, seconds: float) -> bool:
    """It runs for so long and does not answer: one that has just been started may still be about to."""
    return age(one) > seconds and sockets.answers(one.port, one.ready) != ""


def age(one: Instance) -> float:
    """Seconds since its process was started; 0 where there is none."""
    found = proc.entry(one.pid)
    return time.clock_gettime(time.CLOCK_BOOTTIME) - found.started if found is not None else 0.0


def _can_listen(one: Instance) -> bool:
    """Its port is free, or its own. One that runs may be about to find that another program has it."""
    return sockets.is_free(one.port) or bool(proc.Sockets().listening(one.port, _family(one)))


def _family(one: Instance) -> tuple[int, ...]:
    return proc.family((one.pid,), proc.table())


def staying(place: Place, release: Digest) -> tuple[Instance, ...]:
    return tuple(each for each in place.of(release) if each.service != "leaving")


def stand_in(place: Place, release: Digest) -> None:
    """Those that arrived are healthy: from now on they serve."""
    for each in staying(place, release):
        place.mark(each.name, "serving")


def give_up(place: Place, release: Digest) -> None:
    """Those that arrived are of no use: what was there before them goes on, where something was."""
    mine = place.of(release)
    for each in mine:
        if each.service == "leaving":
            place.mark(each.name, "serving")
    if any(each.service != "arriving" for each in mine):
        for each in mine:
            if each.service == "arriving":
                place.dismiss(each.name)


def upstreams(place: Place) -> tuple[Upstream, ...]:
    """What Envoy is to know: of each release those that serve, and those that leave until all others have arrived."""
    found: dict[Digest, list[Instance]] = {}
    known = place.instances()
    left = _gone(known)
    for each in known:
        if each.service != "arriving" and each not in left:
            found.setdefault(each.release, []).append(each)
    return tuple(
        Upstream(release=release, ports=tuple(each.port for each in some), ready=some[0].ready)
        for release, some in sorted(found.items())
    )


def gone(place: Place) -> tuple[Instance, ...]:
    """Those that leave, and whose place is taken."""
    return _gone(place.instances())


def _gone(known: Sequence[Instance]) -> tuple[Instance, ...]:
    awaited = {each.release for each in known if each.service == "arriving"}
    return tuple(each for each in known if each.service == "leaving" and each.release not in awaited)


def dismiss(place: Place, leaving: Sequence[Instance]) -> None:
    """Envoy sends them nothing more; what they are at ends first, within the time that they have to stop."""
    if not leaving:
        return
    time.sleep(TOOK_OVER)
    until = time.monotonic() + max(each.program.stop_s if each.program else 0.0 for each in leaving)
    while time.monotonic() < until and any(proc.Sockets().accepted(each.port, _family(each)) for each in leaving):
        time.sleep(PAUSE)
    for each in leaving:
        place.dismiss(each.name)
