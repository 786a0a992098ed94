"""What counts as verified, and what reopens it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from outpace.delivery import probing
from outpace.delivery.evidence import RUNS_CODE
from outpace.delivery.probing import Probed
from outpace.delivery.verify import (
    BY_INVENTORY,
    BY_PROBE,
    InDoubt,
    Reopened,
    Standing,
    Stands,
    StillExposed,
    UnknownYet,
    Verification,
    Verified,
    still_stands,
    verify,
)
from outpace.model.advisory import Advisory, Vulnerability
from outpace.model.exposure import Doubt, Exposure, Matched
from outpace.model.inventory import Component, Inventory, Unread
from outpace.model.observation import NotRunning, Observation, Process, Running, Seen, Told
from outpace.model.package import PYPI, Package
from outpace.model.probe import Exploited, Held, Probe, ProbeResult, ProbeUndecided, Request, Sign
from outpace.model.unknown import Unknown

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
KIT, OTHER = Package(PYPI, "kit"), Package(PYPI, "other")
FLAW = Vulnerability(id="PYSEC-1", package=KIT, aliases=("CVE-1",), records=(Advisory(id="PYSEC-1", digest="a"),))
PROBE = Probe(
    advisories=("PYSEC-1",),
    request=Request(path="/x"),
    exploited=Sign(contains="x"),
    benign=Request(path="/"),
    success=Sign(status=200),
)


def rematch(inventory: Inventory) -> Matched:
    """1.0 of kit is affected."""
    kits = [one for one in inventory.components if one.package == KIT]
    return Matched(
        inventory=inventory,
        exposures=tuple(Exposure(component=one, vulnerability=FLAW) for one in kits if one.version == "1.0"),
        doubts=tuple(
            Doubt(component=one, vulnerability=FLAW, unknown=Unknown("no version", "restart"))
            for one in kits
            if one.version is None
        ),
    )


def inventory(version: str | None, *, unread: tuple[Unread, ...] = ()) -> Inventory:
    return Inventory(
        source="test",
        components=(Component(package=KIT, version=version), Component(package=OTHER, version="1.0")),
        unread=unread,
    )


def without_kit(*, unread: tuple[Unread, ...] = ()) -> Inventory:
    return Inventory(source="test", components=(Component(package=OTHER, version="1.0"),), unread=unread)


def process(pid: int, held: Inventory | Unknown) -> Process:
    return Process(pid=pid, started=NOON, command="serve", inventory=held)


def running(*held: Inventory | Unknown) -> Running:
    return Running(
        processes=tuple(process(number, one) for number, one in enumerate(held, start=1)), inventory=Unknown("not used")
    )


def seen(what: Seen) -> Observation:
    return Observation(application="shop", environment="here", at=NOON + timedelta(minutes=1), seen=what)


def probed(result: ProbeResult, *, at: datetime = NOON + timedelta(seconds=30), probe: Probe = PROBE) -> Probed:
    return Probed(result=result, at=at, probe=probing.digest(probe))


NOT_PYTHON = Inventory(source="process 9 (sh, not Python)")
FIXED = running(inventory("1.1"))
EXPLOITED_BEFORE = probed(Exploited("it answered"), at=NOON - timedelta(days=1))


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (running(inventory("1.1")), BY_INVENTORY),
        (running(inventory("1.1"), inventory("1.2")), BY_INVENTORY),
        (running(NOT_PYTHON, inventory("1.1")), BY_INVENTORY),
        (
            running(inventory("1.1", unread=(Unread(file="site/more.pth", why=RUNS_CODE),))),
            UnknownYet(f"process 1: site/more.pth: {RUNS_CODE}", "restart it, or declare `observe` as a command"),
        ),
        (Told(by="a command", inventory=inventory("1.1")), BY_INVENTORY),
        (running(inventory("1.0")), StillExposed("process 1 runs kit 1.0, which is affected", (1,))),
        (
            running(inventory("1.1"), inventory("1.0")),
            StillExposed("process 2 runs kit 1.0, which is affected", (2,)),
        ),
        (
            running(inventory("1.0"), Unknown("not ours")),
            StillExposed("process 1 runs kit 1.0, which is affected", (1,)),
        ),
        (
            Told(by="a command", inventory=inventory("1.0")),
            StillExposed("what a command tells runs kit 1.0, which is affected"),
        ),
        (running(inventory("1.1"), Unknown("not ours", "be root")), UnknownYet("process 2: not ours", "be root")),
        (running(inventory(None)), UnknownYet("process 1: no version", "restart")),
        (
            running(inventory(None, unread=(Unread(file="f", why="kit: it lies"),))),
            UnknownYet("process 1: kit: it lies", "restart"),
        ),
        (
            running(without_kit(unread=(Unread(file="f", why="damaged"),))),
            UnknownYet("process 1 was not read completely: damaged"),
        ),
        (
            running(NOT_PYTHON),
            UnknownYet("nothing that was seen says which packages run", "declare another way to observe it"),
        ),
        (
            Running(processes=(), inventory=Unknown("not ours", "be root")),
            UnknownYet("what runs: not ours", "be root"),
        ),
        (NotRunning("no pid file"), UnknownYet("nothing runs: no pid file", "start it, then: outpace observe")),
    ],
)
def test_every_process_must_say_that_it_is_not_affected(what: Seen, expected: str | Verification) -> None:
    found = verify(FLAW, seen(what), rematch)
    assert (found.how if isinstance(found, Verified) else found) == expected


def test_the_reason_and_the_hint_of_a_version_in_doubt_come_from_where_it_came_from() -> None:
    component = Component(package=KIT, version=None, doubt=Unknown("kit is named without a version", "tell it"))
    unmatched = Inventory(source="test", components=(component,))
    found = verify(FLAW, seen(Told(by="test", inventory=unmatched)), lambda one: Matched(inventory=one))
    assert found == UnknownYet("what test tells: kit is named without a version", "tell it")


def test_a_version_that_is_not_known_is_not_called_none_where_every_version_is_affected() -> None:
    def every(one: Inventory) -> Matched:
        return Matched(
            inventory=one, exposures=tuple(Exposure(component=each, vulnerability=FLAW) for each in one.components[:1])
        )

    found = verify(FLAW, seen(running(inventory(None))), every)
    assert found == StillExposed("process 1 runs kit in a version that is not known, which is affected", (1,))


def told(inventory: Inventory | Unknown, *, by: str = "test") -> Observation:
    held = msgspec.structs.replace(inventory, source=by) if isinstance(inventory, Inventory) else inventory
    return seen(Told(by=by, inventory=held))


ABSENT = UnknownYet(
    "what test tells does not name kit and never did, which is no sign that it is gone",
    "an inventory that names kit, or another way to observe it: pid_file, port, unit or process",
)


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        ((), ABSENT),
        ((told(without_kit()),), ABSENT),
        ((told(inventory("1.0"), by="somebody else"),), ABSENT),
        ((seen(running(inventory("1.0"))), told(Unknown("nothing")), seen(NotRunning("stopped"))), ABSENT),
        ((told(inventory("1.0")), told(without_kit())), BY_INVENTORY),
        ((told(inventory(None)),), BY_INVENTORY),
    ],
    ids=["never told", "never named", "named by another", "seen otherwise", "named once", "named without a version"],
)
def test_what_a_teller_leaves_out_is_gone_only_if_the_same_teller_once_named_it(
    earlier: tuple[Observation, ...], expected: str | Verification
) -> None:
    found = verify(FLAW, told(without_kit()), rematch, earlier=earlier)
    assert (found.how if isinstance(found, Verified) else found) == expected


def test_what_was_verified_comes_into_doubt_when_a_new_teller_does_not_name_it() -> None:
    assert isinstance(VERIFIED, Verified)
    assert still_stands(VERIFIED, FLAW, told(without_kit()), rematch) == InDoubt(ABSENT.why, ABSENT.would_settle)
    gone = still_stands(VERIFIED, FLAW, told(without_kit()), rematch, earlier=(told(inventory("1.1")),))
    assert gone == Stands()


WHICH = "let `observe` find the application: pid_file, port, unit or process"
NOTHING_ELSE = "the locks pin nothing else to know it by"
STRANGER = Inventory(source="test", components=(Component(package=Package(PYPI, "lines"), version="1.0"),))
THINNED = Unknown("site changed after the process started", "restart it")


@pytest.mark.parametrize(
    ("what", "earlier", "program", "expected"),
    [
        (running(without_kit()), (seen(running(inventory("1.0"))),), (), BY_INVENTORY),
        (running(without_kit()), (seen(running(inventory(None))),), (OTHER,), BY_INVENTORY),
        (running(without_kit()), (), (OTHER, KIT), BY_INVENTORY),
        (running(NOT_PYTHON, without_kit()), (), (OTHER,), BY_INVENTORY),
        (
            running(without_kit()),
            (),
            (OTHER, Package(PYPI, "more")),
            "what runs does not name kit and never did, and it lacks more: it may be another program",
        ),
        (
            running(without_kit()),
            (told(inventory("1.0")),),
            (KIT,),
            f"what runs does not name kit and never did, and {NOTHING_ELSE}: it may be another program",
        ),
        (
            running(STRANGER),
            (seen(running(inventory("1.0"))),),
            (OTHER, KIT),
            "what runs holds nothing of what the locks pin, as other: it may be another program",
        ),
        (
            running(Inventory(source="test", components=(Component(package=KIT, version="1.1"),))),
            (),
            (OTHER, KIT),
            "what runs holds nothing of what the locks pin, as other: it may be another program",
        ),
    ],
    ids=[
        "seen before",
        "seen before in doubt",
        "all that the locks pin",
        "beside another program",
        "not all that they pin",
        "only told before",
        "another program now",
        "another program with the fix",
    ],
)
def test_what_a_process_does_not_hold_is_gone_only_if_the_process_is_the_application(
    what: Seen, earlier: tuple[Observation, ...], program: tuple[Package, ...], expected: str
) -> None:
    found = verify(FLAW, seen(what), rematch, earlier=earlier, program=frozenset(program))
    match found:
        case Verified(how=how):
            assert how == expected
        case _:
            assert found == UnknownYet(expected, WHICH)


def test_what_may_have_been_taken_from_under_a_process_is_not_gone() -> None:
    thinned = msgspec.structs.replace(process(1, without_kit()), gaps=THINNED)
    what = Running(processes=(process(2, without_kit()), thinned), inventory=Unknown("not used"))
    found = verify(FLAW, seen(what), rematch, earlier=(seen(running(inventory("1.0"))),))
    assert found == UnknownYet(f"what runs does not name kit, but {THINNED.why}", THINNED.would_settle)


UNDECIDED = "the probe of what runs is undecided: refused"


@pytest.mark.parametrize(
    ("version", "after", "expected"),
    [
        ("1.1", probed(Held()), Stands()),
        ("1.1", probed(ProbeUndecided("refused")), Stands()),
        ("1.1", probed(Exploited("it read x")), Reopened("the probe still exploits what runs: it read x")),
        ("1.2", probed(Held()), Stands()),
        ("1.2", probed(ProbeUndecided("refused")), InDoubt(UNDECIDED, "mend the service, then look again")),
        ("1.2", probed(Exploited("it read x")), Reopened("the probe still exploits what runs: it read x")),
    ],
)
def test_a_later_version_stands_once_it_holds_the_probe_and_falls_with_one_that_works(
    version: str, after: Probed, expected: Standing
) -> None:
    was = verify(FLAW, seen(FIXED), rematch, probe=PROBE, before=EXPLOITED_BEFORE, after=probed(Held()))
    assert isinstance(was, Verified)
    what = seen(running(inventory(version)))
    assert still_stands(was, FLAW, what, rematch, probe=PROBE, after=after) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (EXPLOITED_BEFORE, probed(Held()), BY_PROBE),
        (
            EXPLOITED_BEFORE,
            probed(Exploited("it read x")),
            StillExposed("the probe still exploits what runs: it read x"),
        ),
        (
            EXPLOITED_BEFORE,
            probed(ProbeUndecided("refused")),
            UnknownYet("the probe of what runs is undecided: refused", "mend the service, then look again"),
        ),
        (
            EXPLOITED_BEFORE,
            None,
            UnknownYet("the probe has not been sent to what runs now", "outpace respond, where `probe = true`"),
        ),
        (
            EXPLOITED_BEFORE,
            probed(Held(), at=NOON - timedelta(seconds=1)),
            UnknownYet("the probe has not been sent to what runs now", "outpace respond, where `probe = true`"),
        ),
        (
            None,
            probed(Held()),
            UnknownYet("the probe was never seen to exploit the old version", "outpace prove, which probes base too"),
        ),
        (
            probed(Held(), at=NOON - timedelta(days=1)),
            probed(Held()),
            UnknownYet("the probe was never seen to exploit the old version", "outpace prove, which probes base too"),
        ),
    ],
)
def test_a_declared_probe_must_have_exploited_the_old_and_be_held_by_what_runs_now(
    before: Probed | None, after: Probed | None, expected: str | Verification
) -> None:
    found = verify(FLAW, seen(FIXED), rematch, probe=PROBE, before=before, after=after)
    assert (found.how if isinstance(found, Verified) else found) == expected


def test_results_of_another_probe_confirm_nothing() -> None:
    other = msgspec.structs.replace(PROBE, success=Sign(status=204))
    after, before = probed(Held()), EXPLOITED_BEFORE
    assert isinstance(verify(FLAW, seen(FIXED), rematch, probe=other, before=before, after=after), UnknownYet)


def test_a_probe_that_is_held_does_not_outweigh_an_affected_version() -> None:
    exposed = seen(running(inventory("1.0")))
    found = verify(FLAW, exposed, rematch, probe=PROBE, before=EXPLOITED_BEFORE, after=probed(Held()))
    assert isinstance(found, StillExposed)


VERIFIED = verify(FLAW, seen(FIXED), rematch)


@pytest.mark.parametrize(
    ("what", "flaw", "probe", "expected"),
    [
        (FIXED, FLAW, None, Stands()),
        (running(inventory("1.1"), inventory("1.1")), FLAW, None, Stands()),
        (running(inventory("1.0")), FLAW, None, Reopened("process 1 runs kit 1.0, which is affected")),
        (running(inventory("1.2")), FLAW, None, Stands()),
        (running(without_kit()), FLAW, None, Stands()),
        (
            running(inventory("1.2"), inventory("1.0")),
            FLAW,
            None,
            Reopened("process 2 runs kit 1.0, which is affected"),
        ),
        (running(inventory(None)), FLAW, None, InDoubt("process 1: no version", "restart")),
        (NotRunning("stopped"), FLAW, None, InDoubt("nothing runs: stopped", "start it, then: outpace observe")),
        (FIXED, FLAW, PROBE, Reopened("the probe has changed since")),
        (
            FIXED,
            msgspec.structs.replace(FLAW, records=(Advisory(id="PYSEC-1", digest="b"),)),
            None,
            Reopened("the record of PYSEC-1 has changed since"),
        ),
    ],
)
def test_what_was_verified_stands_only_while_nothing_it_rests_on_changes(
    what: Seen, flaw: Vulnerability, probe: Probe | None, expected: Standing
) -> None:
    assert isinstance(VERIFIED, Verified)
    before = (seen(running(inventory("1.0"))),)
    assert still_stands(VERIFIED, flaw, seen(what), rematch, probe=probe, earlier=before) == expected


def test_a_verification_survives_being_written_and_read() -> None:
    assert isinstance(VERIFIED, Verified)
    assert msgspec.json.decode(msgspec.json.encode(VERIFIED), type=Verified) == VERIFIED
