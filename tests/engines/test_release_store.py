"""The store: read-only, verified to the byte, killed anywhere, and never emptied of what runs."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from outpace.delivery.releases.retention import Going, Held, HeldLayer, going
from outpace.engines.release_store import ENVIRONMENT, INVENTORY, LAYER, MANIFEST, ReleaseStore, Stored
from outpace.engines.release_use import named, running
from outpace.engines.scratch import PREFIX
from outpace.model.edge import Build
from outpace.model.errors import DamagedData, NotFound, UsageError
from outpace.model.release import Digest
from outpace.model.times import now
from tests.fakes.index import Index, Release
from tests.fakes.project import project
from tests.fakes.releases import Workshop, application, committed, repository, workshop
from tests.needs import needs

FILES = {"serve": "#!/bin/sh\nexec sleep 60\n", "pages/a.html": "a\n", "pages/b.html": "b\n"}
DAY = timedelta(days=1)
NOBODY = 65534
KILLS = 10


@pytest.fixture
def site(tmp_path: Path) -> Workshop:
    return workshop(repository(tmp_path / "site", FILES), tmp_path / "host")


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    with Index({"sprout": [Release(version="1.0")]}) as running_index:
        yield running_index


@pytest.fixture
def locked(tmp_path: Path, index: Index) -> Workshop:
    needs("uv")
    made = project(tmp_path, index.url)
    made.write({"shop/__main__.py": "import time\ntime.sleep(60)\n"}, dependencies='"sprout==1.0"')
    made.lock()
    made.commit("begin")
    return workshop(made.root, tmp_path / "host", {**os.environ, **made.environ})


# finding


def test_a_release_is_found_by_eight_digits_and_by_no_fewer(site: Workshop) -> None:
    stored = site.build(application())
    assert site.store.find(stored.digest[:8]) == site.store.find(stored.digest) == stored == site.store.all()[0]
    with pytest.raises(UsageError, match="is no release's digest"):
        site.store.find(stored.digest[:7])
    with pytest.raises(NotFound, match="no release here begins with"):
        site.store.find("0" * 8 if not stored.digest.startswith("0" * 8) else "1" * 8)


def test_digits_that_several_releases_begin_with_are_refused(site: Workshop) -> None:
    stored = site.build(application())
    twin = stored.digest[:8] + "0" * 56
    (site.store.releases / twin).mkdir()
    with pytest.raises(UsageError, match=f"2 releases begin with {stored.digest[:8]}"):
        site.store.find(stored.digest[:8])
    assert site.store.find(stored.digest) == stored


# read-only


def as_nobody(code: str) -> str:
    """What Python code says that is run without root's rights; the user's own where the tests are not run as root."""
    words = [sys.executable, "-c", code]
    if os.getuid() == 0:
        words = [needs("setpriv"), f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *words]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return done.stdout.strip()


TRIES = """
import os
tries = {{
    "write": lambda: open({file!r}, "a"),
    "add": lambda: open({folder!r} + "/new", "w"),
    "remove": lambda: os.unlink({file!r}),
    "rename": lambda: os.rename({file!r}, {file!r} + "2"),
    "replace": lambda: os.symlink("/", {folder!r} + "/link"),
    "top": lambda: open({top!r} + "/new", "w"),
}}
for name, act in tries.items():
    try:
        act()
        print(name, end=" ")
    except PermissionError:
        pass
"""


def test_whoever_owns_a_release_cannot_write_to_it(site: Workshop) -> None:
    """Root may do anything; who else owns it is kept out by its modes."""
    stored = site.build(application())
    opened = site.store.root
    if os.getuid() == 0:
        for place in [opened, *opened.rglob("*")]:
            os.chown(place, NOBODY, NOBODY, follow_symlinks=False)
        for place in (opened, *opened.parents):
            if place.is_relative_to(Path("/tmp")) and place != Path("/tmp"):
                place.chmod(0o755)
    told = {"file": f"{stored.application}/serve", "folder": str(stored.application / "pages"), "top": str(stored.path)}
    assert as_nobody(TRIES.format(**told)) == ""
    modes = {path.stat().st_mode & 0o7777 for path in stored.path.rglob("*") if path.is_file()}
    folders = {path.stat().st_mode & 0o7777 for path in (stored.path, *stored.path.rglob("*")) if path.is_dir()}
    assert (modes, folders) == ({0o444, 0o555}, {0o555})


def test_a_layer_is_read_only_too_and_no_file_of_it_has_a_second_name(locked: Workshop) -> None:
    stored = locked.build(application(Build()))
    layer = locked.store.layers / stored.manifest.layers.dependencies
    files = [path for path in layer.rglob("*") if path.is_file() and not path.is_symlink()]
    assert {path.stat().st_mode & 0o222 for path in (layer, *layer.rglob("*")) if not path.is_symlink()} == {0}
    assert {path.stat().st_nlink for path in files} == {1}


# verification


def opened_up(place: Path) -> Path:
    place.parent.chmod(0o755)
    if place.exists() and not place.is_symlink():
        place.chmod(0o644)
    return place


def edited(stored: Stored) -> None:
    opened_up(stored.application / "pages" / "b.html").write_text("B\n")
    (stored.application / "pages" / "b.html").chmod(0o444)


def lost(stored: Stored) -> None:
    opened_up(stored.application / "pages" / "a.html").unlink()


def added(stored: Stored) -> None:
    opened_up(stored.application / "pages" / "aa.html").touch()


def made_executable(stored: Stored) -> None:
    (stored.application / "pages" / "a.html").chmod(0o555)


def made_writable(stored: Stored) -> None:
    (stored.application / "pages" / "a.html").chmod(0o644)


def linked(stored: Stored) -> None:
    opened_up(stored.application / "serve").unlink()
    (stored.application / "serve").symlink_to("/bin/sh")


def hidden_in_git(stored: Stored) -> None:
    opened_up(stored.application / ".git").write_text("")


def other_inventory(stored: Stored) -> None:
    opened_up(stored.path / INVENTORY).write_text("{}")


DIFFERENCES = {
    edited: "application/pages/b.html has another content",
    lost: "application/pages/a.html is missing",
    added: "application/pages/aa.html is no part of it",
    made_executable: "application/pages/a.html is executable",
    made_writable: "application/pages/a.html may be written to",
    linked: "application/serve is no file",
    hidden_in_git: "application/.git is no part of it",
    other_inventory: "inventory.cdx.json has another content",
}


@pytest.mark.parametrize(("harm", "told"), DIFFERENCES.items())
def test_the_first_file_that_differs_is_named_and_a_new_build_mends_it(
    harm: Callable[[Stored], None], told: str, site: Workshop
) -> None:
    stored = site.build(application())
    assert site.store.verify(stored.digest) == ""
    harm(stored)
    assert site.store.verify(stored.digest) == told
    assert (site.build(application(), anew=True), site.store.verify(stored.digest)) == (stored_again(site), "")


def stored_again(site: Workshop) -> Stored:
    (only,) = site.store.all()
    return only


def test_a_changed_manifest_is_damage_and_no_release(site: Workshop) -> None:
    stored = site.build(application())
    manifest = opened_up(stored.path / MANIFEST)
    manifest.write_bytes(manifest.read_bytes().replace(b'"ready":"/"', b'"ready":"/x"'))
    with pytest.raises(DamagedData, match="was changed"):
        site.store.find(stored.digest)
    assert site.store.all() == ()
    assert site.build(application()).digest == stored.digest
    assert site.store.verify(stored.digest) == ""


@pytest.mark.parametrize("name", ["site-packages/sprout/__init__.py", "site-packages/sprout/__pycache__/*.pyc"])
def test_a_change_of_a_package_or_of_its_bytecode_is_found_and_mended(name: str, locked: Workshop) -> None:
    stored = locked.build(application(Build()))
    layer = locked.store.layers / stored.manifest.layers.dependencies / ENVIRONMENT
    place = opened_up(next(layer.glob(f"lib/python*/{name}")))
    place.write_bytes(place.read_bytes()[:-1] + b"#")
    place.chmod(0o444)
    told = f"{ENVIRONMENT}/{place.relative_to(layer)} has another content"
    assert locked.store.verify(stored.digest) == told
    locked.build(application(Build()), anew=True)
    assert locked.store.verify(stored.digest) == ""


def test_a_changed_list_of_packages_is_found(locked: Workshop) -> None:
    stored = locked.build(application(Build()))
    listing = opened_up(locked.store.layers / stored.manifest.layers.dependencies / LAYER)
    listing.write_bytes(listing.read_bytes().replace(b"sprout/__init__.py", b"sprout/__init__.pz", 1))
    assert locked.store.verify(stored.digest) != ""


@pytest.mark.parametrize("harm", ["its list is garbage", "its list is gone", "it is gone"])
def test_packages_of_which_nothing_can_be_told_are_said_to_be_damaged_and_made_again(
    harm: str, locked: Workshop
) -> None:
    stored = locked.build(application(Build()))
    layer = locked.store.layers / stored.manifest.layers.dependencies
    listing = opened_up(layer / LAYER)
    match harm:
        case "its list is garbage":
            listing.write_bytes(b"garbage")
        case "its list is gone":
            listing.unlink()
        case _:
            layer.rename(locked.place / "elsewhere")
    assert locked.store.verify(stored.digest) == f"the dependency layer {layer.name[:12]} cannot be read"
    assert collected(locked.store) == Going(releases=(), layers=())
    assert locked.build(application(Build())).digest == stored.digest
    assert locked.store.verify(stored.digest) == ""


def test_what_lies_beside_releases_and_is_none_is_left_alone(site: Workshop) -> None:
    stored = site.build(application())
    site.store.layers.joinpath("a" * 64).write_text("a file")
    site.store.releases.joinpath("b" * 64).symlink_to(stored.path)
    assert [each.digest for each in site.store.held()[0]] == [stored.digest]
    assert collected(site.store, at=now() + timedelta(hours=2)).layers == ()


# kills and company

KILLED = """
import os, sys
sys.path.insert(0, {root!r})
from pathlib import Path
from outpace.model.edge import Build
from tests.fakes.releases import application, workshop
made = workshop(Path({site!r}), Path({host!r}), {environ!r})
print("begun", flush=True)
made.build(application(Build(environment={environment!r})))
"""


def another(made: Workshop, environment: str) -> subprocess.Popen[bytes]:
    code = KILLED.format(
        root=str(Path(__file__).parents[2]),
        site=str(made.root),
        host=str(made.place),
        environ=dict(made.environ),
        environment=environment,
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"begun\n"
    return process


def test_a_build_that_is_killed_at_any_moment_leaves_nothing_that_counts(locked: Workshop) -> None:
    begin = time.monotonic()
    another(locked, "locked").wait()
    took = time.monotonic() - begin
    digest = locked.store.all()[0].digest
    chance, killed = random.Random(8), 0
    while killed < KILLS:
        emptied(locked)
        process = another(locked, "locked")
        time.sleep(chance.uniform(0, took))
        process.send_signal(signal.SIGKILL)
        if process.wait() == 0:
            took *= 0.8  # it was done before: there is less time to be killed in
            continue
        killed += 1
        for stored in locked.store.all():
            assert (stored.digest, locked.store.verify(stored.digest)) == (digest, "")
        assert locked.build(application(Build())).digest == digest
        assert locked.store.verify(digest) == ""
    assert [path for path in locked.store.root.iterdir() if path.name.startswith(PREFIX)] == []


def emptied(made: Workshop) -> None:
    """As if nothing had been built; environments that uv made stay in the cache now and then, as on a host."""
    made.store.collect(
        lambda releases, layers: Going(
            releases=tuple(each.digest for each in releases), layers=tuple(each.digest for each in layers)
        )
    )


def test_two_builds_at_once_give_one_release(site: Workshop) -> None:
    several = [another(site, "none") for _ in range(4)]
    assert [process.wait() for process in several] == [0] * 4
    (stored,) = site.store.all()
    assert site.store.verify(stored.digest) == ""


# what stays


def aged(store: ReleaseStore) -> None:
    """Everything here was built and given out long ago."""
    old = time.time() - 7 * 86_400
    for stored in store.all():
        os.utime(stored.path / MANIFEST, (old, old))
    used = store.root / "known" / "used"
    for place in used.iterdir():
        os.utime(place, (old, old))


def collected(store: ReleaseStore, *, keep: int = 0, at: datetime | None = None) -> Going:
    def decide(releases: tuple[Held, ...], layers: tuple[HeldLayer, ...]) -> Going:
        return going(releases, layers, running=running(store), needed=named(store), keep=keep, now=at or now())

    return store.collect(decide)


@contextmanager
def process_of(stored: Stored, *words: str, env: Mapping[str, str] | None = None) -> Generator[None]:
    argv = stored.argv(words or ("./serve",))
    started = subprocess.Popen(argv, cwd=stored.cwd, env={**stored.environ(), **(env or {})})
    try:
        time.sleep(0.3)
        assert started.poll() is None
        yield
    finally:
        started.kill()
        started.wait()


def two_of(site: Workshop) -> tuple[Stored, Stored]:
    first = site.build(application())
    committed(site.root, {"pages/a.html": "new\n"})
    return first, site.build(application())


def test_python_that_runs_without_packages_of_its_own_writes_nothing_into_its_release(tmp_path: Path) -> None:
    """Who is root could."""
    files = {
        "serve": f"#!/bin/sh\nexec {sys.executable} serve.py\n",
        "serve.py": "import pages\n",
        "pages.py": "ROWS = 3\n",
    }
    site = workshop(repository(tmp_path / "site", files), tmp_path / "host")
    stored = site.build(application())
    subprocess.run(stored.argv(("./serve",)), cwd=stored.cwd, env=stored.environ(), check=True)
    assert site.store.verify(stored.digest) == ""


def test_what_runs_stays_and_the_rest_goes(site: Workshop) -> None:
    first, second = two_of(site)
    aged(site.store)
    with process_of(first):
        assert collected(site.store).releases == (second.digest,)
        assert [each.digest for each in site.store.all()] == [first.digest]
        assert site.store.verify(first.digest) == ""
    assert collected(site.store).releases == (first.digest,)
    assert list(site.store.releases.iterdir()) == []


@pytest.mark.parametrize("hides", ["went elsewhere", "was started from elsewhere", "has an empty environment"])
def test_a_process_is_seen_by_any_one_of_its_traces(hides: str, site: Workshop) -> None:
    first, second = two_of(site)
    aged(site.store)
    code = {
        "went elsewhere": ("-c", "cd / && while true; do sleep 1; done"),
        "was started from elsewhere": ("-c", "while true; do sleep 1; done"),
        "has an empty environment": ("-c", "while true; do sleep 1; done"),
    }[hides]
    environ = {"OUTPACE_RELEASE": ""} if hides != "went elsewhere" else {}
    with process_of(first, "sh", *code, env=environ):
        assert collected(site.store).releases == (second.digest,)


def test_the_packages_of_what_runs_stay_and_those_of_nobody_go(locked: Workshop) -> None:
    stored = locked.build(application(Build()))
    aged(locked.store)
    layer = stored.manifest.layers.dependencies
    with process_of(stored, "python", "-m", "shop"):
        assert collected(locked.store) == Going(releases=(), layers=())
        assert locked.store.verify(stored.digest) == ""
    assert collected(locked.store) == Going(releases=(stored.digest,), layers=(layer,))
    assert list(locked.store.layers.iterdir()) == []


def test_a_process_that_shows_its_packages_alone_keeps_the_releases_on_them(locked: Workshop, tmp_path: Path) -> None:
    stored = locked.build(application(Build()))
    aged(locked.store)
    library = locked.store.layers / stored.manifest.layers.dependencies / ENVIRONMENT / "lib" / "native.so"
    proc = tmp_path / "proc" / "1"
    proc.mkdir(parents=True)
    (proc / "maps").write_text(f"7f00-7f01 r-xp 0 fd:00 1 {library}\n")
    layer = stored.manifest.layers.dependencies
    assert running(locked.store, tmp_path / "proc") == {stored.digest, layer}


def test_what_is_pinned_or_named_by_the_edge_stays(site: Workshop) -> None:
    first, second = two_of(site)
    committed(site.root, {"pages/a.html": "newer\n"})
    third = site.build(application())
    aged(site.store)
    site.store.pin("last-good", first.digest)
    (site.store.root / "rollout.json").write_text(f'{{"candidate": "{second.digest}"}}')
    assert collected(site.store).releases == (third.digest,)
    site.store.pin("last-good", None)
    assert (site.store.pins(), collected(site.store).releases) == ({}, (first.digest,))


def test_a_release_that_is_not_here_cannot_be_pinned(site: Workshop) -> None:
    site.build(application())
    with pytest.raises(NotFound):
        site.store.pin("last-good", Digest("0" * 64))
    assert site.store.pins() == {}


def test_what_a_build_has_just_given_out_stays_for_an_hour(site: Workshop) -> None:
    first, second = two_of(site)
    aged(site.store)
    again = site.build(application(), "HEAD~1")
    assert again.digest == first.digest
    assert collected(site.store).releases == (second.digest,)
    assert collected(site.store, at=now() + timedelta(minutes=61)).releases == (first.digest,)


def test_while_it_is_decided_what_goes_nothing_is_given_out(site: Workshop) -> None:
    """Who asks meanwhile waits, and builds anew what went."""
    stored = site.build(application())
    aged(site.store)
    deciding, done = threading.Event(), threading.Event()

    def decide(_releases: tuple[Held, ...], _layers: tuple[HeldLayer, ...]) -> Going:
        deciding.set()
        assert not done.wait(0.5)
        return Going(releases=(stored.digest,), layers=())

    asking = threading.Thread(target=lambda: (deciding.wait(), site.build(application()), done.set()))
    asking.start()
    site.store.collect(decide)
    asking.join()
    assert done.is_set()
    assert site.store.verify(stored.digest) == ""


def test_whoever_builds_a_release_never_waits_for_itself_at_its_layer(site: Workshop) -> None:
    """Whatever the two are made of: a lock stands for many."""
    passed = threading.Event()

    def build() -> None:
        with site.store.alone("release", "4812e931"), site.store.alone("layer", "48c0fda9"):
            passed.set()

    threading.Thread(target=build, daemon=True).start()
    assert passed.wait(60)
