"""Where the demo plays: a folder of its own with a shop in it, and a terminal."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHOP = ROOT / "examples" / "storefront"
DATA = ROOT / "tests" / "data"
DONE, ACTION_NEEDED = 0, 10
PATIENCE = 15.0  # seconds that an interrupted command gets to end what it began


class Stage:
    """A folder of its own with a shop in it, and a terminal. What is costly to build is shared with other stages."""

    def __init__(self, root: Path, name: str) -> None:
        self.place = root / name
        self.shop = self.place / "storefront"
        self.began = time.monotonic()
        self.port = free_port()
        ours = ("GIT_", "OUTPACE_", "MAKE", "MFLAGS", "VIRTUAL_ENV")  # of whoever started the demo
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(ours) or name == "OUTPACE_ENVOY"  # which program it is, not whose state
        }
        self.environment: Mapping[str, str] = {
            **kept,
            "XDG_STATE_HOME": str(self.place / "state"),
            "XDG_CACHE_HOME": str(root / "cache"),
            "UV_CACHE_DIR": kept.get("UV_CACHE_DIR", str(Path.home() / ".cache" / "uv")),
            "GIT_CONFIG_GLOBAL": str(root / "gitconfig"),
            "PORT": str(self.port),
            "DEPLOY_DIR": str(self.place / "storefront-live"),
        }

    def say(self, text: str) -> None:
        print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n== {text}", flush=True)

    def run(self, *argv: str, expect: tuple[int, ...] = (DONE,), show: bool = True, cwd: Path | None = None) -> None:
        """One command, as a person would type it. A status that is not expected ends the demo."""
        if show:
            print(f"$ {shlex.join(argv)}", flush=True)
        output = None if show else subprocess.DEVNULL
        process = subprocess.Popen(argv, cwd=cwd or self.shop, env=self.environment, stdout=output, stderr=output)
        try:
            status = process.wait()
        except BaseException:  # the command got the same Ctrl-C, and takes back what it began
            _ended(process)
            raise
        if status not in expect:
            print(f"{' '.join(argv)} ended with {status}, not {expect}", file=sys.stderr)
            sys.exit(1)

    def seconds(self) -> int:
        return round(time.monotonic() - self.began)


def _ended(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text, (path, old)
    path.write_text(text.replace(old, new))


@contextmanager
def opened() -> Generator[Path]:
    """A folder for all that is played, removed at the end, whatever happens."""
    with tempfile.TemporaryDirectory(prefix="outpace-demo-") as name:
        (Path(name) / "gitconfig").write_text('[user]\nname = "Shop"\nemail = "shop@example.invalid"\n')
        yield Path(name)


def set_up(stage: Stage, configuration: str) -> None:
    """The shop under git, locked on its vulnerable versions, told to Outpace."""
    shutil.copytree(SHOP, stage.shop, ignore=shutil.ignore_patterns(".*_cache", ".venv", "__pycache__", "data"))
    stage.run("git", "init", "-q", "-b", "main", show=False)
    stage.run("make", "-s", "lock", show=False)
    (stage.shop / "outpace.toml").write_text(configuration)
    stage.run("git", "add", "-A", show=False)
    stage.run("git", "commit", "-q", "-m", "The shop as it is", show=False)


def branches(stage: Stage) -> list[str]:
    """Of Outpace, by name."""
    argv = ["git", "for-each-ref", "--format=%(refname:short)", "refs/heads/outpace/"]
    return subprocess.check_output(argv, cwd=stage.shop, env=stage.environment, text=True).split()


def deployed(stage: Stage, *, show: bool) -> None:
    """Set up for its own deploy target, and in service."""
    configuration = (ROOT / "examples" / "storefront.outpace.toml").read_text()
    set_up(stage, configuration.replace("8000", str(stage.port)))
    stage.run("make", "-s", "deploy", show=show)


@contextmanager
def attached(root: Path) -> Generator[Stage]:
    """The shop with its own deploy target; stopped at the end, whatever happens."""
    stage = Stage(root, "attached")
    try:
        yield stage
    finally:
        with undisturbed():
            quietly(stage, "make", "-s", "stop")


def quietly(stage: Stage, *argv: str) -> None:
    """Whether it succeeds or not; nothing is done where there is no shop yet."""
    if stage.shop.is_dir():
        subprocess.run(argv, cwd=stage.shop, env=stage.environment, capture_output=True, check=False)


@contextmanager
def undisturbed() -> Generator[None]:
    """A second Ctrl-C does not keep what was started from being ended."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def interruptible() -> None:
    """SIGTERM and a closed terminal end it like Ctrl-C."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
