"""Each way to find what runs, on real processes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from outpace.engines.running import Observer
from outpace.model.application import Application, Environment, Observe
from outpace.model.inventory import Component, Inventory
from outpace.model.observation import NotRunning, Running, Seen, Told
from outpace.model.package import PYPI, Package
from outpace.model.unknown import Unknown

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are read on Linux only")

LISTEN = """
import socket, sys
with socket.create_server(("127.0.0.1", 0)) as server:
    print(server.getsockname()[1], flush=True)
    sys.stdin.read()
"""


class Listener:
    def __init__(self, word: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", LISTEN, word], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())
        self.pid = self.process.pid


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    made = Listener(f"marked-{tmp_path.name}-{os.getpid()}")
    yield made
    made.process.communicate(timeout=10)


def seen(base: Path, observe: Observe, application: Application | None = None) -> Seen:
    observer = Observer(base, packages=frozenset(), settle=0)
    return observer.observe(application or Application(name="shop"), Environment(name="here", observe=observe)).seen


def pids(what: Seen) -> tuple[int, ...]:
    assert isinstance(what, Running), what
    return tuple(one.pid for one in what.processes)


def test_a_process_is_found_by_its_pid_file_below_the_applications_path(tmp_path: Path, listener: Listener) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/run.pid").write_text(f"{listener.pid}\n")
    shop = Application(name="shop", path="shop")
    assert pids(seen(tmp_path, Observe(pid_file="run.pid"), shop)) == (listener.pid,)


def test_a_process_is_found_by_the_port_that_it_listens_on(tmp_path: Path, listener: Listener) -> None:
    assert pids(seen(tmp_path, Observe(port=listener.port))) == (listener.pid,)


def test_a_process_is_found_by_a_part_of_its_command_line(tmp_path: Path, listener: Listener) -> None:
    pattern = f"marked-{tmp_path.name}-{os.getpid()}"
    assert pids(seen(tmp_path, Observe(process=pattern))) == (listener.pid,)


LOOKS_FOR_ITSELF = """
import sys
from pathlib import Path
from outpace.engines.running import Observer
from outpace.model.application import Application, Environment, Observe
here = Environment(name="here", observe=Observe(process=sys.argv[1]))
print(type(Observer(Path(), packages=frozenset(), settle=0).observe(Application(name="shop"), here).seen).__name__)
"""


def test_who_observes_is_not_what_is_observed(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", LOOKS_FOR_ITSELF, f"myself-{tmp_path.name}-{os.getpid()}"]
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "NotRunning"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "the pid file {} cannot be read: no such file or directory"),
        ("", "the pid file {} holds no process id"),
        ("soon", "the pid file {} holds no process id"),
        ("999999999", "the pid file {} names process 999999999, which does not run"),
    ],
)
def test_a_pid_file_that_names_no_process_says_so(tmp_path: Path, content: str | None, why: str) -> None:
    path = tmp_path / "run.pid"
    if content is not None:
        path.write_text(content)
    assert seen(tmp_path, Observe(pid_file="run.pid")) == NotRunning(why.format(path))


def test_a_pid_that_went_to_another_process_since_is_not_ours(tmp_path: Path, listener: Listener) -> None:
    path = tmp_path / "run.pid"
    path.write_text(str(listener.pid))
    past = time.time() - 600
    os.utime(path, (past, past))
    why = f"the pid file {path} names process {listener.pid}, which started after it was written"
    assert seen(tmp_path, Observe(pid_file="run.pid")) == NotRunning(why)


def test_a_port_that_nobody_listens_on_says_so(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert seen(tmp_path, Observe(port=port)) == NotRunning(f"nothing listens on port {port}")


def test_a_unit_without_processes_says_so(tmp_path: Path) -> None:
    assert seen(tmp_path, Observe(unit="no-such")) == NotRunning("no process belongs to the unit no-such.service")


def test_a_declared_command_prints_the_inventory(tmp_path: Path) -> None:
    code = "print('kit==1.0')"
    by = f"{sys.executable} -c {code}"[:80]
    assert seen(tmp_path, Observe(command=(sys.executable, "-c", code))) == Told(
        by=by,
        inventory=Inventory(source=by, components=(Component(package=Package(PYPI, "kit"), version="1.0"),)),
    )


@pytest.mark.parametrize(
    "command", [("no-such-program",), (sys.executable, "-c", "raise SystemExit(3)"), (sys.executable, "-c", "")]
)
def test_a_command_that_fails_or_says_nothing_is_unknown(tmp_path: Path, command: tuple[str, ...]) -> None:
    found = seen(tmp_path, Observe(command=command))
    assert isinstance(found, Told)
    assert isinstance(found.inventory, Unknown)


def test_what_was_recorded_of_the_environment_itself_counts_where_another_name_is_declared(tmp_path: Path) -> None:
    held = Inventory(source="recorded by me")
    observer = Observer(tmp_path, recorded={"production": held}.get)
    environment = Environment(name="production", observe=Observe(recorded="ops"))
    assert observer.observe(Application(name="shop"), environment).seen == Told(by="record ops", inventory=held)


def test_what_was_recorded_counts_under_its_name_only(tmp_path: Path) -> None:
    held = Inventory(source="recorded by me")
    observer = Observer(tmp_path, recorded={"production": held}.get)
    shop = Application(name="shop")
    found = [
        observer.observe(shop, Environment(name="here", observe=Observe(recorded=name))).seen
        for name in ("production", "staging")
    ]
    assert found == [
        Told(by="record production", inventory=held),
        Told(
            by="record staging",
            inventory=Unknown(
                "nothing is recorded of here",
                "outpace record observed --environment here --inventory FILE",
            ),
        ),
    ]
