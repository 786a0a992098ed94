"""Exploited, held or undecided."""

from __future__ import annotations

import pytest

from outpace.model.probe import (
    Answer,
    Exploited,
    Held,
    NoResponse,
    Probe,
    ProbeResult,
    ProbeUndecided,
    Request,
    Response,
    Sign,
)
from outpace.model.proof import CheckUndecided, Failed, Passed, Result
from outpace.model.unknown import Unknown
from outpace.proving.ports import Exchange, Rehearsed
from outpace.proving.probe import judge, read

PROBE = Probe(
    advisories=("PYSEC-1",),
    request=Request(path="/static/../key"),
    exploited=Sign(status=200, contains="secret"),
    benign=Request(path="/static/ok"),
    success=Sign(status=200),
)
OK = Response(status=200, body=b"fine")
LEAK = Response(status=200, body=b"the secret")
NO = Response(status=404)
BROKEN = Response(status=500)


def exchange(exploit: Answer, before: Answer = OK, after: Answer = OK) -> Exchange:
    return Exchange(before=before, exploit=exploit, after=after)


EVIDENCE = "GET /static/../key: status 200, the answer contains 'secret'"
READ: tuple[tuple[str, Rehearsed, ProbeResult], ...] = (
    ("the secret shows", exchange(LEAK), Exploited(EVIDENCE)),
    ("the secret shows though the twin fails", exchange(LEAK, before=BROKEN), Exploited(EVIDENCE)),
    ("refused, and the twin succeeds", exchange(NO), Held()),
    ("500 to the exploit alone", exchange(BROKEN), Held()),
    (
        "500 to everything",
        exchange(BROKEN, before=BROKEN, after=BROKEN),
        ProbeUndecided("the benign twin did not succeed: status 500, a server error"),
    ),
    (
        "404 to everything",
        exchange(NO, before=NO, after=NO),
        ProbeUndecided("the benign twin did not succeed: status 404"),
    ),
    (
        "dead after the exploit",
        exchange(NO, after=NoResponse("the connection failed")),
        ProbeUndecided("the benign twin did not succeed after the exploit: the connection failed"),
    ),
    (
        "no answer to the exploit",
        exchange(NoResponse("no answer in 9 s")),
        ProbeUndecided("the exploit: no answer in 9 s"),
    ),
    ("it does not start", Unknown("it ended with status 1"), ProbeUndecided("it ended with status 1")),
)


@pytest.mark.parametrize(("rehearsed", "result"), [case[1:] for case in READ], ids=[case[0] for case in READ])
def test_held_needs_a_twin_that_succeeds(rehearsed: Rehearsed, result: ProbeResult) -> None:
    assert read(PROBE, rehearsed) == result


STARTS = "see that the application starts and serves its twin"
JUDGED: tuple[tuple[str, Rehearsed, Rehearsed, Result], ...] = (
    (
        "exploited, then held",
        exchange(LEAK),
        exchange(NO),
        Passed(f"exploited on base ({EVIDENCE}), held on the change"),
    ),
    ("still exploited", exchange(LEAK), exchange(LEAK), Failed(f"still exploited on the change: {EVIDENCE}")),
    (
        "newly exploited",
        exchange(NO),
        exchange(LEAK),
        Failed(f"still exploited on the change: {EVIDENCE}"),
    ),
    (
        "held on both",
        exchange(NO),
        exchange(NO),
        CheckUndecided("base is not exploited: it is held there too", "a probe that exploits what runs today"),
    ),
    (
        "does not start any more",
        exchange(LEAK),
        Unknown("it ended with status 1"),
        CheckUndecided("no answer on the change: it ended with status 1", STARTS),
    ),
    (
        "500 to everything",
        exchange(LEAK),
        exchange(BROKEN, before=BROKEN, after=BROKEN),
        CheckUndecided("no answer on the change: the benign twin did not succeed: status 500, a server error", STARTS),
    ),
    (
        "no base",
        Unknown("it ended with status 1"),
        exchange(NO),
        CheckUndecided("no answer on base: it ended with status 1", STARTS),
    ),
    (
        "a twin that fails on base",
        exchange(LEAK, before=NO),
        exchange(NO),
        CheckUndecided("the benign twin does not succeed on base", "another `benign` request"),
    ),
)


@pytest.mark.parametrize(("base", "change", "result"), [case[1:] for case in JUDGED], ids=[case[0] for case in JUDGED])
def test_a_probe_proves_only_what_was_exploited_and_is_held(base: Rehearsed, change: Rehearsed, result: Result) -> None:
    assert judge(PROBE, base, change) == result
