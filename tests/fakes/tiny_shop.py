"""A tiny real application with its own pipeline, and a loopback index: a whole story on it takes a few seconds."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from tests.fakes.index import Index, Release
from tests.needs import missing, needs

ADVISORY = "PYSEC-2025-1"
ALIAS = "CVE-2025-1001"
BRANCH = f"outpace/fix-{ADVISORY}"
PATIENCE = 60.0
BEGAN = "2024-06-01T00:00:00Z"  # the first commit: the same files give the same id
GONE = 15.0  # seconds in which what a killed run had started must end by itself
BASE_PYTHON = Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}"

ACME = """
__version__ = {version!r}
import pathlib

def {name}(root, path):
    root = pathlib.Path(root).resolve()
    file = (root / path.lstrip("/")).resolve()
    if {guarded} and root not in file.parents:
        return None
    return file.read_bytes() if file.is_file() else None
"""

SHOP = """
import http.server, os, pathlib, sys
import acme_web

PAGES = pathlib.Path(__file__).with_name("pages")

class Shop(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/health":
            body = os.environ.get("RELEASE", "").encode()
        else:
            body = acme_web.page(PAGES, self.path)
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_):
        pass

def serve(port):
    http.server.ThreadingHTTPServer(("127.0.0.1", port), Shop).serve_forever()

if __name__ == "__main__":
    serve(int(sys.argv[1]))
"""

SUITE = """
import pathlib, unittest
import acme_web, shop

class Pages(unittest.TestCase):
    def test_the_front_page_is_served(self):
        self.assertEqual(acme_web.page(shop.PAGES, "/index.html"), b"welcome")

    def test_a_page_that_is_not_there_is_none(self):
        self.assertIsNone(acme_web.page(shop.PAGES, "/nowhere.html"))

    def test_there_is_a_version(self):
        self.assertTrue(acme_web.__version__)
"""

# As a small company has it: a release of its own for each deployment, one process by pid file, waits for health.
DEPLOY = """
import fcntl, http.client, os, pathlib, signal, subprocess, sys, tempfile, time

live, port = pathlib.Path(sys.argv[1]), int(sys.argv[2])
live.mkdir(exist_ok=True)
lock = open(live / "lock", "w")
fcntl.flock(lock, fcntl.LOCK_EX)
release = pathlib.Path(tempfile.mkdtemp(prefix="release-", dir=live))
pid_file = live / "shop.pid"
log = open(live / "shop.log", "ab")

def say(text):
    print(text, flush=True)

def alive(pid):
    try:
        return str(live).encode() in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False

def healthy():
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().read() == release.name.encode()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()

archive = subprocess.run(["git", "archive", "refs/heads/main"], check=True, capture_output=True)
subprocess.run(["tar", "-x", "-C", release], input=archive.stdout, check=True)
mine = {**os.environ, "TMPDIR": str(release)}  # uv leaves a lock file there
subprocess.run(["uv", "sync", "--frozen", "--no-dev", "--quiet"], cwd=release, env=mine, check=True)
subprocess.run([release / ".venv/bin/python", "-B", "-c", "import shop"], cwd=release, check=True)
old = int(pid_file.read_text()) if pid_file.exists() else None
if old is not None and alive(old):
    os.kill(old, signal.SIGKILL)
    while alive(old):
        time.sleep(0.01)
# The process writes its pid and becomes the server, so that no server is without a pid file.
become = 'echo $$ > "$0.new" && mv "$0.new" "$0" && exec "$@"'
server = subprocess.Popen(
    ["sh", "-c", become, pid_file, release / ".venv/bin/python", release / "shop.py", str(port)],
    cwd=release, env={**os.environ, "RELEASE": release.name, "PYTHONDONTWRITEBYTECODE": "1"},
    stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
)
deadline = time.monotonic() + 20
while not healthy():
    if server.poll() is not None or time.monotonic() > deadline:
        sys.exit(f"{release.name} did not come up")
    time.sleep(0.02)
say(f"{release.name} is in service")
"""

PROJECT = """
[project]
name = "tiny-shop"
version = "1.0"
requires-python = ">=3.11"
dependencies = ["acme-web"]

[tool.uv]
package = false
"""

CONFIGURATION = """
[[applications]]
name = "tiny-shop"
locks = ["uv.lock"]
test = ["python", "-m", "unittest"]
imports = ["shop"]
run = ["python", "shop.py", "{{port}}"]
ready = "/health"
branch = "main"
deploy = {deploy}

[[environments]]
name = "production"
observe = {{ pid_file = "../live/shop.pid" }}
url = "http://127.0.0.1:{port}"
probe = true

[[probes]]
advisories = ["{advisory}"]
request = {{ path = "/../secret.txt" }}
exploited = {{ status = 200, contains = "the flag" }}
benign = {{ path = "/index.html" }}
success = {{ status = 200, contains = "welcome" }}
"""


def acme(version: str, *, guarded: bool, name: str = "page", more: str = "") -> Release:
    source = ACME.format(version=version, guarded=guarded, name=name) + more
    return Release(version=version, modules=(("acme_web/__init__.py", source),))


VULNERABLE = acme("1.0.0", guarded=False)
FIXED = acme("1.0.1", guarded=True)
NARROWER = "\n\ndef page(path):\n    return render('.', path)\n"
OTHER_WORDS = acme("2.0.0", guarded=True, name="render", more=NARROWER)  # breaks the suite, not the imports
RELEASES = (VULNERABLE, FIXED, OTHER_WORDS)

RECORD: Mapping[str, object] = {
    "id": ADVISORY,
    "aliases": [ALIAS],
    "summary": "acme-web serves files outside its root",
    "published": "2025-01-01T00:00:00Z",
    "modified": "2025-01-02T00:00:00Z",
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "acme-web"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.0.1"}]}],
        }
    ],
}


class Ended(NamedTuple):
    status: int
    out: str
    err: str
    seconds: float


class Told(NamedTuple):
    """A fact, without its number."""

    kind: str
    digest: str
    at: str
    body: str


@dataclass(frozen=True)
class Kept:
    """What shops may share: an index, and caches of what was downloaded, built and proved before."""

    index: Index
    uv: Path
    cache: Path


@dataclass
class TinyShop:
    """`place` holds all: the repository, what is live, state, cache, home, temporary directories."""

    place: Path
    port: int
    cache: Path
    environment: dict[str, str] = field(default_factory=dict[str, str])
    folder: str = "shop"

    @property
    def repository(self) -> Path:
        return self.place / self.folder

    @property
    def live(self) -> Path:
        return self.place / "live"

    @property
    def state(self) -> Path:
        return self.place / "state" / "outpace"

    @property
    def temporary(self) -> Path:
        return self.place / "tmp"

    # commands

    def call(self, *argv: str | Path, expect: int | None = 0, more: Mapping[str, str] | None = None) -> Ended:
        """`more` is added to the environment."""
        began = time.monotonic()
        environment = {**self.environment, **(more or {})}
        done = subprocess.run(
            argv, cwd=self.repository, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
        ended = Ended(done.returncode, done.stdout, done.stderr, time.monotonic() - began)
        assert expect is None or ended.status == expect, f"{argv} ended with {ended}"
        return ended

    def git(self, *words: str, **more: str) -> str:
        return self.call("git", *words, more=more).out.strip()

    def outpace(self, *words: str, expect: int | None = None) -> Ended:
        return self.call(sys.executable, "-m", "outpace.cli", *words, expect=expect)

    def begin(self, *words: str, wrapped: Sequence[str] = ()) -> subprocess.Popen[str]:
        """Outpace, started and not waited for; ended with the shop if need be."""
        process = subprocess.Popen(
            [*wrapped, sys.executable, "-m", "outpace.cli", *words],
            cwd=self.repository,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
        )
        self._begun.append(process)
        return process

    _begun: list[subprocess.Popen[str]] = field(default_factory=list[subprocess.Popen[str]])

    # what people do

    def clone(self, folder: str, *words: str, url: str = "") -> TinyShop:
        """Another clone on the same machine, of this one where no other is named; configured as this one is."""
        self.git("clone", "-q", *words, url or str(self.repository), str(self.place / folder))
        made = replace(self, folder=folder, environment=dict(self.environment))
        shutil.copyfile(self.repository / "outpace.toml", made.repository / "outpace.toml")
        return made

    def merge(self, branch: str = BRANCH) -> None:
        self.git("merge", "-q", "--no-edit", "--no-ff", branch)

    def commit(self, files: Mapping[str, str], message: str = "A change by hand") -> str:
        for name, content in files.items():
            (self.repository / name).write_text(content)
        self.git("add", *files)
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD")

    def deploy(self) -> None:
        self.call(*self.deploy_command)

    @property
    def deploy_command(self) -> tuple[str, ...]:
        return (str(BASE_PYTHON), "deploy.py", str(self.live), str(self.port))

    def configure(self, deploy: Sequence[str] | None = None, more: str = "") -> None:
        """Writes outpace.toml, which is not committed."""
        text = CONFIGURATION.format(
            port=self.port, advisory=ADVISORY, deploy=json.dumps(list(deploy or self.deploy_command))
        )
        (self.repository / "outpace.toml").write_text(text + more)

    # what can be seen

    def facts(self) -> tuple[Told, ...]:
        """As they were written, in the order in which they came."""
        path = self.state / "facts.sqlite"
        if not path.exists():
            return ()
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'fact'").fetchall():
                return ()  # the disk was full when the file was made
            rows = connection.execute("SELECT kind, digest, at, body FROM fact ORDER BY number").fetchall()
        finally:
            connection.close()
        return tuple(Told(*row) for row in rows)

    def kinds(self) -> list[str]:
        return [fact.kind for fact in self.facts()]

    def branches(self) -> dict[str, str]:
        lines = self.git("for-each-ref", "--format=%(refname:short) %(objectname)").splitlines()
        return dict(line.split() for line in lines)

    def untouchable(self) -> dict[str, bytes]:
        """Every file of the working tree and of .git but objects and Outpace's own refs, with its mode."""
        found: dict[str, bytes] = {}
        for folder, names, files in os.walk(self.repository):
            here = Path(folder).relative_to(self.repository)
            if here.parts[:2] == (".git", "objects"):
                continue
            names.sort()
            for name in (*files, *names):
                path = here / name
                if path.parts[:4] == (".git", "refs", "heads", "outpace"):
                    continue
                real = self.repository / path
                info = real.lstat()
                content = real.read_bytes() if name in files and not real.is_symlink() else b""
                found[str(path)] = f"{info.st_mode:o} ".encode() + content
        return found

    def servers(self) -> list[int]:
        return [pid for pid, words in self.processes() if str(self.live) in words and "shop.py" in words]

    def processes(self) -> list[tuple[int, str]]:
        """Every process of this shop: it has our place in its environment or in its words."""
        mark = str(self.place).encode()
        found: list[tuple[int, str]] = []
        for entry in Path("/proc").glob("[0-9]*"):
            pid = int(entry.name)
            try:
                words, environ = (entry / "cmdline").read_bytes(), (entry / "environ").read_bytes()
            except OSError:
                continue
            if words and pid != os.getpid() and (mark in words or mark in environ):
                found.append((pid, words.replace(b"\0", b" ").decode("utf-8", "replace")[:300]))
        return sorted(found)

    def left_behind(self) -> list[str]:
        """What no run may leave: processes but the server, temporary directories, half-built things, worktrees."""
        found = [f"process {pid}: {words}" for pid, words in self.processes() if pid not in self.servers()]
        found += [str(path) for path in self.temporary.iterdir()]
        for folder in (self.cache, self.state):
            found += [str(path) for path in folder.rglob(".*") if "half" in path.name or "tmp" in path.name]
        found += self.git("worktree", "list").splitlines()[1:]
        found += [str(path) for path in (self.repository / ".git").rglob("*.lock")]
        return found

    def settled(self) -> list[str]:
        """What is still left after what a killed run had started got the time to end."""
        until(lambda: not self.left_behind(), seconds=GONE, must=False)
        return self.left_behind()

    def page(self, path: str) -> bytes | None:
        from http.client import HTTPConnection

        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.read() if answer.status == 200 else None
        except OSError:
            return None
        finally:
            connection.close()

    def close(self) -> None:
        """Ends every process that has anything to do with the shop."""
        for process in self._begun:
            if process.poll() is None:
                process.kill()
            process.communicate()
        deadline = time.monotonic() + GONE
        while rest := self.processes():
            assert time.monotonic() < deadline, rest
            for pid, _ in rest:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            time.sleep(0.02)


def until(condition: Callable[[], object], *, seconds: float = PATIENCE, must: bool = True) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            assert not must, "it did not come to be in time"
            return
        time.sleep(0.02)


@contextmanager
def index_of(*releases: Release) -> Generator[Index]:
    with Index({"acme-web": releases or RELEASES}) as index:
        yield index


@contextmanager
def opened(place: Path, *, index: Index, kept: Kept | None = None) -> Generator[TinyShop]:
    """The shop under git, locked at 1.0.0 and deployed, with the advisory at hand; caches are empty unless `kept`."""
    needs("git")
    needs("uv")
    if sys.platform != "linux":
        missing("processes are read on Linux only")
    place = place.resolve()
    caches = kept or Kept(index, place / "uv", place / "cache")
    shop = TinyShop(place, _free_port(), caches.cache)
    shop.environment.update(_environment(shop, caches))
    _furnish(shop)
    try:
        shop.deploy()
        yield shop
    finally:
        shop.close()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _environment(shop: TinyShop, kept: Kept) -> dict[str, str]:
    programs = dict.fromkeys(str(Path(needs(name)).parent) for name in ("uv", "git"))
    return {
        "PATH": os.pathsep.join((str(BASE_PYTHON.parent), *programs, "/usr/bin", "/bin")),
        "HOME": str(shop.place / "home"),
        "TMPDIR": str(shop.temporary),
        "XDG_STATE_HOME": str(shop.place / "state"),
        "XDG_CACHE_HOME": str(kept.cache),
        "XDG_CONFIG_HOME": str(shop.place / "home"),
        "XDG_DATA_HOME": str(shop.place / "home"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": str(shop.place / "gitconfig"),
        "UV_CACHE_DIR": str(kept.uv),
        "UV_DEFAULT_INDEX": kept.index.url,
        "UV_PYTHON": str(BASE_PYTHON),
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_HTTP_RETRIES": "0",
        "UV_HTTP_TIMEOUT": "10",
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _furnish(shop: TinyShop) -> None:
    for folder in ("home", "tmp", "shop/pages", "osv"):
        (shop.place / folder).mkdir(parents=True)
    files = {
        "shop.py": SHOP,
        "test_shop.py": SUITE,
        "deploy.py": DEPLOY,
        "pyproject.toml": PROJECT,
        "pages/index.html": "welcome",
        "secret.txt": "the flag",
        ".gitignore": ".venv\n__pycache__\noutpace.toml\n",
    }
    for name, content in files.items():
        (shop.repository / name).write_text(content)
    (shop.place / "gitconfig").write_text('[user]\nname = "Shop"\nemail = "shop@example.invalid"\n')
    shop.git("init", "-q", "-b", "main")
    shop.call("uv", "lock", "-q", "--upgrade-package", "acme-web==1.0.0")
    shop.git("add", "-A")
    shop.git("commit", "-q", "-m", "The shop as it is", GIT_AUTHOR_DATE=BEGAN, GIT_COMMITTER_DATE=BEGAN)
    shop.configure()
    (shop.place / "osv" / f"{ADVISORY}.json").write_text(json.dumps(RECORD))
    shop.outpace("advisories", "update", "--from", str(shop.place / "osv"), "--kev-from", str(_kev(shop)), expect=0)


def _kev(shop: TinyShop) -> Path:
    path = shop.place / "kev.json"
    shutil.copyfile(Path(__file__).parents[1] / "data" / "kev.json", path)
    return path
