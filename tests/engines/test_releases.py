"""Release dates, asked of an index on the loopback interface that tells the truth, lies or is silent."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from outpace.assessment.not_asked import NOT_PYPI
from outpace.assessment.ports import Listing, Upload
from outpace.engines.cache import Cache
from outpace.engines.http import Bounds
from outpace.engines.releases import ACCEPT, PackageIndex, index_url, listing_of
from outpace.model.errors import DamagedData, ToolMissing
from outpace.model.package import NPM, PYPI, Package
from outpace.model.times import now
from tests.fakes.loopback import Loopback, Reply, loopback

ACME, ZETA = Package(PYPI, "acme"), Package(PYPI, "zeta")
TWO = (Upload("1.0", datetime(2024, 1, 1, tzinfo=UTC)), Upload("1.1", datetime(2024, 2, 1, 12, tzinfo=UTC)))
TODAY = now().date()
BOUNDS = Bounds(size=20_000, seconds=2, silence=1, tries=1, pause=0.01)


def never(_: Sequence[Upload]) -> bool:
    return False


def always(_: Sequence[Upload]) -> bool:
    return True


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with loopback() as running:
        yield running


class Place:
    """An index that is asked, and what is kept of it; `said` is what was reported."""

    def __init__(self, url: str, cache: Path) -> None:
        self.url = url
        self.cache = cache
        self.said: list[str] = []

    def listings(
        self,
        *packages: Package,
        asks: bool = True,
        is_enough: Callable[[Sequence[Upload]], bool] = never,
        until: datetime | None = None,
        seconds: float = 10,
        today: date = TODAY,
    ) -> Mapping[Package, Listing]:
        index = PackageIndex(
            self.url,
            Cache(self.cache),
            asks=asks,
            today=today,
            report=self.said.append,
            bounds=BOUNDS,
            seconds=seconds,
        )
        return index.listings(dict.fromkeys(packages, is_enough), until or now())


@pytest.fixture
def place(server: Loopback, tmp_path: Path) -> Place:
    return Place(f"{server.url}/simple/", tmp_path)


def file(name: str, uploaded: object = "2024-01-01T00:00:00Z", **more: object) -> dict[str, object]:
    told = {} if uploaded is None else {"upload-time": uploaded}
    return {"filename": name, "url": "https://files.example.invalid/x", "hashes": {}, **told, **more}


def page(*files: object, name: object = "acme") -> bytes:
    return json.dumps({"meta": {"api-version": "1.1"}, "name": name, "files": files}).encode()


WHEELS = (file("acme-1.1-py3-none-any.whl", "2024-02-01T12:00:00.000000Z"), file("acme-1.0-py3-none-any.whl"))


def reply(body: bytes, **more: Any) -> Reply:
    return Reply(body=body, headers={"Content-Type": ACCEPT}, **more)


def test_releases_are_told_by_version_with_their_first_upload(server: Loopback, place: Place) -> None:
    later = file("acme-1.0.tar.gz", "2024-01-09T00:00:00Z")
    server.serve("/simple/acme/", reply(page(later, *WHEELS)))
    assert place.listings(ACME) == {ACME: Listing(uploads=TWO)}
    (asked,) = server.received
    assert (asked.line, asked.headers["accept"]) == ("GET /simple/acme/ HTTP/1.1", ACCEPT)


@pytest.mark.parametrize(
    ("files", "versions"),
    [
        pytest.param((file("acme-1.0.tar.gz", yanked=True), file("acme-1.1.tar.gz")), ["1.1"], id="yanked"),
        pytest.param((file("acme-1.0.tar.gz", yanked="it broke"), file("acme-1.1.tar.gz")), ["1.1"], id="yanked for"),
        pytest.param((file("acme-1.0.tar.gz", yanked=True), file("acme-1.0-py3-none-any.whl")), ["1.0"], id="in part"),
        pytest.param((file("acme-1.0-py3.9.egg"), file("acme-1.1.zip")), ["1.1"], id="what pip cannot install"),
        pytest.param((file("other-1.0.tar.gz"), file("acme-1.1.tar.gz")), ["1.1"], id="of another package"),
        pytest.param((file("acme-extra-1.0.tar.gz"), file("acme-1.1.tar.gz")), ["1.1"], id="of one with a longer name"),
        pytest.param((file("acme-1.0-beta2.tar.gz"),), ["1.0b2"], id="a dash in the version"),
        pytest.param((file("acme-nightly.tar.gz"), file("acme-1.1.tar.gz")), ["1.1"], id="no version"),
        pytest.param((file("acme-1.0.tar.gz", "2999-01-01T00:00:00Z"), file("acme-1.1.tar.gz")), ["1.1"], id="future"),
        pytest.param((file("acme-1.0.tar.gz", "1970-01-01T00:00:00Z"), file("acme-1.1.tar.gz")), ["1.1"], id="epoch"),
        pytest.param((file("acme-1.0.tar.gz", None), file("acme-1.1.tar.gz")), ["1.1"], id="without a time"),
        pytest.param((file("acme-1.10.tar.gz"), file("acme-1.9.tar.gz")), ["1.9", "1.10"], id="in order"),
        pytest.param((file("acme-1.0+cpu-py3-none-any.whl"), file("x" * 500)), ["1.0+cpu"], id="local, and too long"),
    ],
)
def test_only_what_can_be_installed_and_was_uploaded_counts(files: Sequence[object], versions: list[str]) -> None:
    assert [upload.version for upload in listing_of(page(*files), "acme").uploads] == versions


def test_a_name_is_compared_as_the_index_normalizes_it() -> None:
    document = page(file("Acme_Kit.Two-1.0.tar.gz"), file("acme_kit_two-1.1-py3-none-any.whl"), name="Acme.Kit_two")
    assert [upload.version for upload in listing_of(document, "acme-kit-two").uploads] == ["1.0", "1.1"]


HOSTILE = {
    "no JSON": b"<!DOCTYPE html><html></html>",
    "cut off": page(*WHEELS)[:-20],
    "another shape": b"[]",
    "no files": b'{"name": "acme"}',
    "files of another type": b'{"name": "acme", "files": "acme-1.0.tar.gz"}',
    "a name of another type": page(*WHEELS, name=7),
    "a number for a time": page(file("acme-1.0.tar.gz", 1704067200)),
    "a time that is none": page(file("acme-1.0.tar.gz", "soon")),
    "a time that cannot be in UTC": page(file("acme-1.0.tar.gz", "9999-12-31T23:59:59-23:00")),
    "another package": page(*WHEELS, name="zeta"),
    "deep": b'{"name": "acme", "files": [], "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "not UTF-8": b'{"name": "\xff", "files": []}',
}


@pytest.mark.parametrize("document", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_page_about_the_package_is_refused(document: bytes) -> None:
    with pytest.raises(DamagedData, match="acme"):
        listing_of(document, "acme")


def test_one_hostile_answer_leaves_the_others(server: Loopback, place: Place) -> None:
    server.serve("/simple/acme/", reply(HOSTILE["another package"]))
    server.serve("/simple/zeta/", reply(page(file("zeta-1.0.tar.gz"), name="zeta")))
    found = place.listings(ACME, ZETA)
    assert (found[ACME].uploads, found[ACME].will_last) == ((), False)
    assert "another package" in found[ACME].why
    assert [upload.version for upload in found[ZETA].uploads] == ["1.0"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (reply(b" " * 20_001), "larger than the 20000 bytes"),
        (reply(page(*WHEELS), announce=30_000), "larger than the 20000 bytes"),
        (reply(page(*WHEELS), cut=40), "closed"),
        (Reply(status=302, headers={"Location": "/simple/acme/"}), "redirects more than"),
        (Reply(status=500), "answered 500"),
        (Reply(status=401), "answered 401"),
        (Reply(status=406), "answered 406"),
        (Reply(silence=3), "did not answer in time"),
    ],
    ids=["huge", "announced as huge", "cut off", "in circles", "broken", "a password", "no JSON", "silent"],
)
def test_an_answer_that_does_not_come_is_unknown_for_now(
    server: Loopback, place: Place, answer: Reply, why: str
) -> None:
    server.serve("/simple/acme/", answer)
    found = place.listings(ACME)[ACME]
    assert (found.uploads, found.will_last) == ((), False)
    assert why in found.why
    server.serve("/simple/acme/", reply(page(*WHEELS)))
    assert place.listings(ACME) == {ACME: Listing(uploads=TWO)}


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Reply(status=404), "does not have it"),
        (Reply(status=410), "does not have it"),
        (reply(page(file("acme-1.0.tar.gz", None))), "tells no upload times"),
        (reply(page()), "no release"),
    ],
    ids=["not there", "no longer there", "no times", "empty"],
)
def test_what_an_index_does_not_tell_is_unknown_and_asked_once_a_day(
    server: Loopback, place: Place, answer: Reply, why: str
) -> None:
    server.serve("/simple/acme/", answer)
    found = [place.listings(ACME)[ACME] for _ in range(2)]
    assert why in found[0].why
    assert found[0].will_last
    assert found[1] == found[0]
    assert len(server.received) == 1


def test_an_index_that_is_silent_about_two_in_a_row_is_asked_no_more(server: Loopback, place: Place) -> None:
    for name in ("a", "c", "d", "e"):
        server.serve(f"/simple/{name}/", Reply(status=503))
    server.serve("/simple/b/", reply(page(file("b-1.0.tar.gz"), name="b")))
    found = place.listings(*(Package(PYPI, name) for name in "abcde"))
    assert [bool(one.uploads) for one in found.values()] == [False, True, False, False, False]
    assert len(server.received) == 4
    assert "stays unknown" in place.said[-1]


def test_nothing_is_asked_after_the_time_for_all_is_over(server: Loopback, place: Place) -> None:
    found = place.listings(ACME, seconds=0)
    assert "within 0 s" in found[ACME].why
    assert server.received == []


def test_what_was_told_today_is_not_asked_again(server: Loopback, place: Place) -> None:
    server.serve("/simple/acme/", reply(page(*WHEELS)))
    assert place.listings(ACME) == place.listings(ACME)
    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("is_enough", "until", "times"),
    [
        pytest.param(never, None, 1, id="asked again"),
        pytest.param(always, None, 0, id="enough"),
        pytest.param(never, now() - timedelta(days=9), 0, id="made later than the day in question"),
    ],
)
def test_what_was_told_before_today_is_asked_again_unless_it_tells_all(
    server: Loopback,
    place: Place,
    is_enough: Callable[[Sequence[Upload]], bool],
    until: datetime | None,
    times: int,
) -> None:
    server.serve("/simple/acme/", reply(page(*WHEELS)))
    place.listings(ACME, today=TODAY - timedelta(days=3))
    server.received.clear()
    assert place.listings(ACME, is_enough=is_enough, until=until) == {ACME: Listing(uploads=TWO)}
    assert len(server.received) == times


def test_what_was_told_before_holds_where_the_index_is_silent_now(server: Loopback, place: Place) -> None:
    server.serve("/simple/acme/", reply(page(*WHEELS)))
    place.listings(ACME, today=TODAY - timedelta(days=3))
    server.serve("/simple/acme/", Reply(status=500))
    for asks in (True, False):
        found = place.listings(ACME, asks=asks)[ACME]
        assert (found.uploads, bool(found.why), found.will_last) == (TWO, True, False)


def test_offline_what_is_kept_is_told_and_what_is_not_stays_unknown(server: Loopback, place: Place) -> None:
    server.serve("/simple/acme/", reply(page(*WHEELS)))
    place.listings(ACME)
    server.received.clear()
    found = place.listings(ACME, ZETA, asks=False)
    assert found[ACME] == Listing(uploads=TWO)
    assert (found[ZETA].uploads, found[ZETA].will_last) == ((), False)
    assert "--offline" in found[ZETA].why
    assert server.received == []


def test_what_is_kept_of_one_index_is_no_answer_of_another(server: Loopback, place: Place) -> None:
    server.serve("/simple/acme/", reply(page(*WHEELS)))
    server.serve("/other/acme/", reply(page(file("acme-1.0.tar.gz"))))
    place.listings(ACME)
    other = Place(f"{server.url}/other", place.cache)
    assert [upload.version for upload in other.listings(ACME)[ACME].uploads] == ["1.0"]


def test_packages_of_other_ecosystems_are_not_asked_for(server: Loopback, place: Place) -> None:
    node = Package(NPM, "acme")
    assert place.listings(node) == {node: NOT_PYPI}
    assert server.received == []


def test_a_password_of_the_index_is_sent_and_never_said(server: Loopback, tmp_path: Path) -> None:
    place = Place(server.url.replace("://", "://someone:s3cret@") + "/simple", tmp_path)
    server.serve("/simple/acme/", Reply(status=500))
    found = place.listings(ACME)[ACME]
    assert server.received[0].headers["authorization"].startswith("Basic ")
    kept = PackageIndex(place.url, Cache(tmp_path), asks=True, today=TODAY, report=place.said.append)
    assert "s3cret" not in " ".join([found.why, found.would_settle, kept.name, *place.said])


def test_a_name_cannot_lead_out_of_the_index(server: Loopback, place: Place) -> None:
    place.listings(Package(PYPI, "../../secret?x#y"))
    assert [each.line for each in server.received] == ["GET /simple/..%2F..%2Fsecret%3Fx%23y/ HTTP/1.1"]


@pytest.mark.parametrize(
    ("told", "url"),
    [
        ({"UV_DEFAULT_INDEX": "https://one.invalid/simple", "PIP_INDEX_URL": "https://two.invalid"}, "https://one.invalid/simple"),
        ({"UV_DEFAULT_INDEX": "ours=https://one.invalid/simple"}, "https://one.invalid/simple"),
        ({"UV_INDEX_URL": "https://one.invalid", "PIP_INDEX_URL": "https://two.invalid"}, "https://one.invalid"),
        ({"UV_DEFAULT_INDEX": "/srv/wheels", "PIP_INDEX_URL": "https://two.invalid/simple"}, "https://two.invalid/simple"),
        ({"UV_INDEX_URL": "file:///srv/wheels", "PIP_INDEX_URL": "http://two.invalid"}, "http://two.invalid"),
        ({"UV_INDEX_URL": "https://[broken", "PIP_INDEX_URL": "https://two.invalid"}, "https://two.invalid"),
        ({"UV_INDEX_URL": " ", "PIP_INDEX_URL": "https://two.invalid"}, "https://two.invalid"),
    ],
)  # fmt: skip
def test_the_index_is_the_one_that_uv_or_pip_were_told_of(told: Mapping[str, str], url: str) -> None:
    assert index_url(told) == url


def test_without_a_word_it_is_the_one_that_uv_calls_its_default() -> None:
    assert index_url({"PATH": os.environ["PATH"], "HOME": os.environ["HOME"]}).startswith("https://")


def test_where_no_index_can_be_told_it_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ToolMissing):
        index_url({"PATH": str(tmp_path)})
