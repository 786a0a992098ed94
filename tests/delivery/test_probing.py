"""What two answers say of a probe."""

from __future__ import annotations

import pytest

from outpace.delivery.probing import Exchange, NoResponse, Response, digest, judge
from outpace.model.probe import Exploited, Held, Probe, ProbeResult, ProbeUndecided, Request, Sign

PROBE = Probe(
    advisories=("PYSEC-1",),
    request=Request(path="/static/../secret"),
    exploited=Sign(status=200, contains="root:"),
    benign=Request(path="/static/ok"),
    success=Sign(status=200),
)
WELL = Response(status=200, body=b"ok")
CAUGHT = Response(status=200, body=b"root:x:0")


@pytest.mark.parametrize(
    ("exploit", "twin", "expected"),
    [
        (CAUGHT, WELL, Exploited("GET /static/../secret answered 200 with 'root:'")),
        (CAUGHT, Response(status=500), Exploited("GET /static/../secret answered 200 with 'root:'")),
        (Response(status=404), WELL, Held()),
        (Response(status=200, body=b"a page"), WELL, Held()),
        (Response(status=403, body=b"root:"), WELL, Held()),
        (Response(status=500), WELL, Held()),
        (
            Response(status=500),
            Response(status=500),
            ProbeUndecided("the benign twin did not succeed either: it was answered with 500"),
        ),
        (
            Response(status=404),
            Response(status=503),
            ProbeUndecided("the benign twin did not succeed either: it was answered with 503"),
        ),
        (Response(status=404), NoResponse("refused"), ProbeUndecided("the benign twin was not answered: refused")),
        (NoResponse("refused"), WELL, ProbeUndecided("the exploit was not answered: refused")),
        (NoResponse("refused"), NoResponse("refused"), ProbeUndecided("the exploit was not answered: refused")),
    ],
)
def test_held_needs_a_twin_that_succeeds_and_exploited_needs_all_of_its_sign(
    exploit: Exchange, twin: Exchange, expected: ProbeResult
) -> None:
    assert judge(exploit, twin, PROBE) == expected


def test_a_changed_probe_has_another_digest() -> None:
    changed = Probe(
        advisories=PROBE.advisories,
        request=PROBE.request,
        exploited=Sign(status=200),
        benign=PROBE.benign,
        success=PROBE.success,
    )
    assert digest(changed) != digest(PROBE)
    assert digest(PROBE) == digest(PROBE)
