"""A rehearsal: the application and whoever talks to it, in one sandbox call on a loopback of their own."""

from __future__ import annotations

import socket
from pathlib import Path

import msgspec
from msgspec import Struct

from outpace import sandbox
from outpace.engines.confined_python import INSIDE, ConfinedPython, Limits, ended_early, last_words, program
from outpace.engines.scratch import scratch
from outpace.model.application import Application
from outpace.model.probe import Answer, NoResponse, Partial, Request, Response
from outpace.model.unknown import Unknown
from outpace.proving.ports import Built, Exchange, Rehearsed

READY_SECONDS = 60.0
LIMITS = Limits(seconds=240)


class _Answered(Struct, frozen=True, kw_only=True):
    """What the script inside says of one exchange."""

    status: int | None = None
    body: bytes = b""  # base64 in JSON
    missing: str = ""
    why: str = "it said nothing"


class _Answers(Struct, frozen=True, kw_only=True):
    why: str | None = None
    before: _Answered = _Answered()
    exploit: _Answered = _Answered()
    after: _Answered = _Answered()


class Rehearsal:
    """Implements `proving.ports.Rehearsals`."""

    def __init__(self, python: ConfinedPython, limits: Limits = LIMITS, ready_seconds: float = READY_SECONDS) -> None:
        self._python = python
        self._limits = limits
        self._ready_seconds = ready_seconds

    def run(self, built: Built, tree: Path, application: Application, exploit: Request, benign: Request) -> Rehearsed:
        unsendable = [word for asked in (exploit, benign) for word in _words(asked) if "\r" in word or "\n" in word]
        if unsendable:
            return Unknown(f"{unsendable[0]!r} holds a line break", "a request of one line a field")
        port = _free_port()
        with scratch("rehearsal") as place:
            plan = {
                "setup": _resolved(built, application.run_setup),
                "run": _resolved(built, application.run),
                "port": port,
                "ready": application.ready,
                "exploit": exploit,
                "benign": benign,
                "scratch": str(place),
                "seconds": self._ready_seconds,
            }
            confined = self._python.run(
                built,
                ("python", "-I", "-S", str(INSIDE / "rehearse.py")),
                tree=tree,
                cwd=tree / application.path,
                limits=self._limits,
                network=sandbox.Loopback(ports=(port,)),
                writable=(place,),
                stdin=msgspec.json.encode(plan),
            )
        stopped = ended_early(confined, self._limits)
        return stopped if stopped is not None else _understood(confined.done)


def _understood(done: sandbox.Done) -> Rehearsed:
    try:
        answers = msgspec.json.decode(done.stdout, type=_Answers)
    except msgspec.DecodeError:
        return Unknown(f"the rehearsal ended with status {done.returncode}: {last_words(done)}")
    if answers.why is not None:
        return Unknown(sandbox.mask(answers.why), "see that the application starts in a clean checkout")
    return Exchange(before=_answer(answers.before), exploit=_answer(answers.exploit), after=_answer(answers.after))


def _answer(answered: _Answered) -> Answer:
    if answered.status is None:
        return NoResponse(sandbox.mask(answered.why))
    if answered.missing:
        return Partial(status=answered.status, body=answered.body, why=answered.missing)
    return Response(status=answered.status, body=answered.body)


def _resolved(built: Built, words: tuple[str, ...]) -> tuple[str, ...]:
    return (program(built, words[0]), *words[1:]) if words else ()


def _words(asked: Request) -> tuple[str, ...]:
    return (asked.method, asked.path, *asked.headers, *asked.headers.values())


def _free_port() -> int:
    """Free at this moment; in the full tier the loopback is the box's own and nobody else can take it."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]
