"""Another process of a release that runs, started as that was, for as long as answers are compared with its own."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager

from msgspec.structs import replace

from outpace.delivery.edge.standing import Program
from outpace.engines.envoy import sockets
from outpace.engines.envoy.place import Place
from outpace.model.errors import ToolFailed

PAUSE = 0.05


@contextmanager
def beside(place: Place, program: Program, variables: Mapping[str, str], seconds: float) -> Generator[str]:
    """Its address. No user is sent to it, and the watchdog ends it after that. `variables` come before the program's
    own. The caller is the only engine. Raises ToolFailed where it does not answer within `seconds`, or where those that
    serve were started otherwise than `program` says: then the two differ anyhow."""
    mine = place.of(program.release)
    for each in mine:
        if each.service == "arriving":  # an engine that was killed left it
            place.dismiss(each.name)
    if not any(each.program == program.at(each.port) for each in mine if each.service != "arriving"):
        raise ToolFailed(
            "what runs was started with other settings than are declared now",
            hint="outpace edge up starts it with those of outpace.toml",
        )
    port = sockets.free_port({each.port for each in place.instances()})
    place.declare(replace(program, variables={**variables, **program.variables}), port, "arriving")
    (name,) = (each.name for each in place.of(program.release) if each.port == port)
    try:
        until = time.monotonic() + seconds
        while why := sockets.answers(port, program.ready):
            if time.monotonic() > until:
                said = place.last_words(name)
                raise ToolFailed(
                    f"{why} for {seconds:g} s; it said: {said}", hint="it may need what one alone can have"
                )
            time.sleep(PAUSE)
        yield f"http://{sockets.LOOPBACK}:{port}"
    finally:
        place.dismiss(name)
