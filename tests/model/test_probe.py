"""What answers say of a probe."""

from __future__ import annotations

import pytest

from outpace.model.probe import (
    Answer,
    Exploited,
    Held,
    NoResponse,
    Partial,
    Probe,
    ProbeResult,
    ProbeUndecided,
    Request,
    Response,
    Sign,
    judged,
)

PROBE = Probe(
    advisories=("PYSEC-1",),
    request=Request(path="/static/../secret"),
    exploited=Sign(status=200, contains="root:"),
    benign=Request(path="/static/ok"),
    success=Sign(status=200),
)
WELL = Response(status=200, body=b"ok")
CAUGHT = Response(status=200, body=b"root:x:0")
REFUSED = NoResponse("refused")
EXPLOITED = Exploited("GET /static/../secret: status 200, the answer contains 'root:'")


def part(status: int, body: bytes) -> Partial:
    return Partial(status=status, body=body, why="it breaks off")


@pytest.mark.parametrize(
    ("exploit", "twin", "expected"),
    [
        (CAUGHT, WELL, EXPLOITED),
        (CAUGHT, Response(status=500), EXPLOITED),
        (part(200, b"root:x"), WELL, EXPLOITED),
        (part(200, b"roo"), WELL, ProbeUndecided("the exploit: no whole answer: it breaks off")),
        (part(404, b"not "), WELL, ProbeUndecided("the exploit: no whole answer: it breaks off")),
        (Response(status=404), WELL, Held()),
        (Response(status=200, body=b"a page"), WELL, Held()),
        (Response(status=403, body=b"root:"), WELL, Held()),
        (Response(status=500), WELL, Held()),
        (
            Response(status=500),
            Response(status=500),
            ProbeUndecided("the benign twin did not succeed: status 500, a server error"),
        ),
        (Response(status=404), Response(status=404), ProbeUndecided("the benign twin did not succeed: status 404")),
        (
            Response(status=404),
            part(200, b"o"),
            ProbeUndecided("the benign twin did not succeed: no whole answer: it breaks off"),
        ),
        (Response(status=404), REFUSED, ProbeUndecided("the benign twin did not succeed: refused")),
        (REFUSED, WELL, ProbeUndecided("the exploit: refused")),
        (REFUSED, REFUSED, ProbeUndecided("the benign twin did not succeed: refused")),
    ],
)
def test_held_needs_whole_answers_and_a_twin_that_succeeds_and_exploited_needs_its_sign(
    exploit: Answer, twin: Answer, expected: ProbeResult
) -> None:
    assert judged(PROBE, exploit, {"": twin}) == expected


def test_a_twin_that_fails_is_told_with_when_it_was_sent() -> None:
    assert judged(PROBE, REFUSED, {"": WELL, "after the exploit": REFUSED}) == ProbeUndecided(
        "the benign twin did not succeed after the exploit: refused"
    )
