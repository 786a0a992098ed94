"""What a result of a probe is a result of."""

from __future__ import annotations

from outpace.delivery.probing import digest
from outpace.model.probe import Probe, Request, Sign

PROBE = Probe(
    advisories=("PYSEC-1",),
    request=Request(path="/static/../secret"),
    exploited=Sign(status=200, contains="root:"),
    benign=Request(path="/static/ok"),
    success=Sign(status=200),
)


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
