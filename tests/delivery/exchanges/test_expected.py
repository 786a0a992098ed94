"""Which differences are the fix's: those of its exploit's class, and no others."""

from __future__ import annotations

import pytest

from outpace.delivery.exchanges.exchange import Fields, Request
from outpace.delivery.exchanges.expected import fixed, in_exploit_class
from outpace.model.probe import Probe, Sign
from outpace.model.probe import Request as Asked


def probe(exploit: Asked, benign: Asked, *advisories: str) -> Probe:
    return Probe(
        advisories=advisories or ("X-1",),
        request=exploit,
        exploited=Sign(status=200),
        benign=benign,
        success=Sign(status=200),
    )


HOST = probe(Asked(path="/", headers={"X-Forwarded-Host": "evil"}), Asked(path="/", headers={"Accept": "text/html"}))
BOTH = probe(Asked(path="/?q=%27", headers={"X-Mode": "raw"}), Asked(path="/?q=a"))
NEITHER = probe(Asked(path="/%61"), Asked(path="/a"))


@pytest.mark.parametrize(
    ("probed", "target", "fields", "expected"),
    [
        (HOST, "/", (), False),
        (HOST, "/", (("x-forwarded-host", "shop"),), False),
        (HOST, "/", (("accept", "text/html"), ("x-forwarded-host", "evil")), True),
        (HOST, "/other", (("x-forwarded-host", "evil"),), False),
        (BOTH, "/?q=b%27", (), False),
        (BOTH, "/?q=b%27", (("x-mode", "raw"),), True),
        (NEITHER, "/a", (), False),
    ],
)
def test_a_request_is_the_exploits_if_it_has_what_sets_that_apart_and_headers_are_that_too(
    probed: Probe, target: str, fields: Fields, *, expected: bool
) -> None:
    assert in_exploit_class(Request(method="GET", target=target, fields=fields), (probed,)) is expected


def test_only_probes_of_what_the_old_release_had_and_the_new_one_has_not_excuse_a_difference() -> None:
    probes = [probe(Asked(path=f"/{name}"), Asked(path="/"), *name.split("+")) for name in ("a", "b", "c+d", "e")]
    told = fixed(probes, frozenset({"a", "b", "c"}), frozenset({"b", "d"}))
    assert [each.advisories for each in told] == [("a",)]
    assert fixed(probes, frozenset(), frozenset()) == ()
