"""A small real shop in a virtual environment built by hand: the stage on which the cheats are played."""

from __future__ import annotations

import base64
import hashlib
import http.client
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from outpace.delivery import probing
from outpace.delivery.probing import Probed
from outpace.delivery.verify import Verification, verify
from outpace.engines.prober import Prober
from outpace.engines.running import Observer
from outpace.model.advisory import Advisory, Vulnerability
from outpace.model.application import Application, Environment, Observe
from outpace.model.exposure import Doubt, Exposure, Matched
from outpace.model.inventory import Inventory
from outpace.model.observation import Observation
from outpace.model.package import PYPI, Package
from outpace.model.probe import Probe, Request, Sign
from outpace.model.times import now
from outpace.model.unknown import Unknown

PACKAGE = Package(PYPI, "stall-kit")
OLD, NEW = "1.0", "1.1"
VULNERABILITY = Vulnerability(
    id="PYSEC-1", package=PACKAGE, records=(Advisory(id="PYSEC-1", digest="first"),), aliases=("CVE-1",)
)
PROBE = Probe(
    advisories=("PYSEC-1",),
    request=Request(path="/static/../secret"),
    exploited=Sign(status=200, contains="the secret"),
    benign=Request(path="/static/picture"),
    success=Sign(status=200, contains="the picture"),
)
APPLICATION = Application(name="stall")
PATIENCE = 10.0
APART = 0.1  # more than a kernel's coarsest clock

SERVER = """
import http.server, os, sys, time
time.sleep(float(os.environ.get("LATE", "0")))
import stall_kit

class Stall(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        status, body = stall_kit.answer(self.path)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass

class Server(http.server.ThreadingHTTPServer):
    allow_reuse_port = True

server = Server(("127.0.0.1", int(sys.argv[1])), Stall)
for _ in range(int(sys.argv[2])):
    if os.fork() == 0:
        break
open(f"{sys.argv[3]}/ready-{os.getpid()}", "w").close()
server.serve_forever()
"""

KIT = """
__version__ = "{version}"

def answer(path):
    if path == "/static/picture":
        return {healthy}, b"the picture"
    if path == "/static/../secret" and {vulnerable}:
        return 200, b"the secret"
    return {missing}, b""
"""


def rematch(inventory: Inventory) -> Matched:
    """The advisory: 1.0 is affected; a version that is not known is a doubt."""
    mine = [one for one in inventory.components if one.package == PACKAGE]
    return Matched(
        inventory=inventory,
        exposures=tuple(Exposure(component=one, vulnerability=VULNERABILITY) for one in mine if one.version == OLD),
        doubts=tuple(
            Doubt(component=one, vulnerability=VULNERABILITY, unknown=Unknown("its version is not known"))
            for one in mine
            if one.version is None
        ),
    )


class Stall:
    """What a deployment would do by hand: put files in place, start, stop; and what Outpace sees of it."""

    def __init__(self, root: Path, port: int) -> None:
        self.root = root
        self.port = port
        self.site = root / f"venv/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
        self.started: list[subprocess.Popen[bytes]] = []
        self.strays: list[int] = []
        self.site.mkdir(parents=True)
        (root / "venv/bin").mkdir()
        python = Path(sys.executable).resolve()
        (root / "venv/bin/python").symlink_to(python)
        (root / "venv/pyvenv.cfg").write_text(f"home = {python.parent}\ninclude-system-site-packages = false\n")
        (root / "app").mkdir()
        (root / "app/server.py").write_text(SERVER)

    def install(self, version: str, *, healthy: bool = True, modules: tuple[str, ...] = ()) -> None:
        """As an installer does: the old goes, the new comes, each file with its hash in RECORD."""
        self.uninstall()
        self.write_code(version, healthy=healthy)
        for name in modules:
            (self.site / f"stall_kit/{name}.py").parent.mkdir(exist_ok=True)
            (self.site / f"stall_kit/{name}.py").touch()
        self.write_manifest(version, modules=modules)

    def uninstall(self) -> None:
        for path in (*self.site.glob("stall_kit-*.dist-info"), self.site / "stall_kit"):
            shutil.rmtree(path, ignore_errors=True)

    def write_code(self, version: str, *, healthy: bool = True) -> None:
        (self.site / "stall_kit").mkdir(exist_ok=True)
        code = KIT.format(
            version=version,
            vulnerable=version == OLD and healthy,
            healthy=200 if healthy else 500,
            missing=404 if healthy else 500,
        )
        (self.site / "stall_kit/__init__.py").write_text(code)

    def write_manifest(self, version: str, *, modules: tuple[str, ...] = ()) -> None:
        information = self.site / f"stall_kit-{version}.dist-info"
        information.mkdir(exist_ok=True)
        (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: stall-kit\nVersion: {version}\n")
        code = (f"stall_kit/{name}.py" for name in ("__init__", *modules))
        files = (*code, f"{information.name}/METADATA")
        lines = [f"{name},sha256={_hash(self.site / name)},{(self.site / name).stat().st_size}" for name in files]
        (information / "RECORD").write_text("\n".join([*lines, f"{information.name}/RECORD,,"]) + "\n")

    def write_manifest_of_another(self) -> None:
        """So that the environment is not empty without the kit."""
        information = self.site / "other_kit-1.0.dist-info"
        information.mkdir()
        (information / "METADATA").write_text("Metadata-Version: 2.1\nName: other-kit\nVersion: 1.0\n")
        metadata = information / "METADATA"
        (information / "RECORD").write_text(f"{information.name}/METADATA,sha256={_hash(metadata)},1\n")

    def start(
        self,
        *,
        workers: int = 0,
        environ: dict[str, str] | None = None,
        wait: bool = True,
        program: tuple[str, ...] = ("server.py",),
        cwd: str = "app",
    ) -> int:
        time.sleep(APART)
        for mark in self.root.glob("ready-*"):
            mark.unlink()
        process = subprocess.Popen(
            [self.root / "venv/bin/python", *program, str(self.port), str(workers), self.root],
            cwd=self.root / cwd,
            env={"PATH": "/usr/bin:/bin", **(environ or {})},
            start_new_session=True,
        )
        self.started.append(process)
        (self.root / "stall.pid").write_text(f"{process.pid}\n")
        if wait:
            until(lambda: len(list(self.root.glob("ready-*"))) == workers + 1)
        return process.pid

    def workers(self) -> list[int]:
        pids = [int(mark.name.removeprefix("ready-")) for mark in self.root.glob("ready-*")]
        return [pid for pid in pids if pid != self.started[-1].pid]

    def stop(self) -> None:
        """The whole group, as a supervisor does."""
        group = [self.started[-1].pid, *self.workers()]
        os.killpg(self.started[-1].pid, signal.SIGKILL)
        self.started[-1].wait()
        until(lambda: not any(alive(pid) for pid in group))

    def stop_only_the_first(self) -> None:
        """What leaves workers behind."""
        self.strays += self.workers()
        self.started[-1].kill()
        self.started[-1].wait()

    def stop_worker(self, pid: int) -> None:
        """A signal is delivered when the kernel next runs the process, which on a busy machine takes a while."""
        os.kill(pid, signal.SIGKILL)
        until(lambda: not alive(pid))

    def restart(self) -> int:
        self.stop()
        return self.start()

    def close(self) -> None:
        for process in self.started:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()

    def observe(self, last: Observation | None = None, *, settle: float = 0) -> Observation:
        place = Environment(name="here", observe=Observe(pid_file=str(self.root / "stall.pid")))
        return Observer(self.root, settle=settle).observe(APPLICATION, place, last)

    def probe(self) -> Probed:
        result = Prober(timeout=5).probe(f"http://127.0.0.1:{self.port}", PROBE)
        return Probed(result=result, at=now(), probe=probing.digest(PROBE))

    def verified(self, last: Observation | None = None, *, settle: float = 0) -> Verification:
        """Without `settle` for tests that know that it serves."""
        return verify(VULNERABILITY, self.observe(last, settle=settle), rematch)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.01)


def alive(pid: int) -> bool:
    """A zombie runs nothing."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/static/picture")
        return connection.getresponse().status > 0
    except OSError:
        return False
    finally:
        connection.close()


def _hash(path: Path) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(path.read_bytes()).digest()).decode().rstrip("=")
