"""Puts what is on main into service, and the release before it back if that does not come up.

DEPLOY_DIR/releases/   one directory for each release, with a virtual environment of its own
DEPLOY_DIR/current     the release in service
DEPLOY_DIR/data/       what outlives releases: database, keys, pictures, exports
DEPLOY_DIR/shop.pid    the process in service
DEPLOY_DIR/shop.log    what it prints
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

BRANCH = "refs/heads/main"
KEPT = 3
START_SECONDS = 20
STOP_SECONDS = 10

# The process writes its pid and then becomes the server, so no server is without a pid file.
WRITE_PID_AND_BECOME = 'echo $$ > "$0.new" && mv "$0.new" "$0" && exec "$@"'


class Failed(Exception):
    """The deployment cannot go on; the message says why."""


@dataclass(frozen=True)
class Site:
    """A place where releases live and one of them runs."""

    root: Path
    host: str
    port: int
    uv: str

    @property
    def releases(self) -> Path:
        return self.root / "releases"

    @property
    def current(self) -> Path:
        return self.root / "current"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def pid_file(self) -> Path:
        return self.root / "shop.pid"

    @property
    def log(self) -> Path:
        return self.root / "shop.log"


def deploy(site: Site) -> None:
    release = build(site)
    before = in_service(site)
    stop(site)
    if not start(site, release):
        stop(site)
        if before and not start(site, before):
            raise Failed(f"neither {release.name} nor {before.name} came up; see {site.log}")
        now = f"{before.name} is in service again" if before else "nothing is in service"
        raise Failed(f"{release.name} did not come up and {now}; see {site.log}")
    switch(site, release)
    prune(site)
    say(f"{release.name} is in service at http://{site.host}:{site.port}/")


def start_current(site: Site) -> None:
    release = in_service(site)
    if release is None:
        raise Failed(f"{site.root} has no release yet: run make deploy")
    stop(site)
    if not start(site, release):
        raise Failed(f"{release.name} did not come up; see {site.log}")
    say(f"{release.name} is in service at http://{site.host}:{site.port}/")


def build(site: Site) -> Path:
    """A new release from the tip of main; whatever else lies in the working tree stays there."""
    commit = git("rev-parse", "--verify", "--quiet", f"{BRANCH}^{{commit}}").decode().strip()
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    release = Path(tempfile.mkdtemp(prefix=f"{stamp}-{commit[:10]}-", dir=site.releases))
    release.chmod(0o755)
    subprocess.run(["tar", "-x", "-C", release], input=git("archive", commit), check=True)
    if not (release / "uv.lock").exists():
        raise Failed("main has no uv.lock: run make lock and commit it")
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT"}
    }
    sync = [site.uv, "sync", "--frozen", "--no-dev", "--compile-bytecode", "--quiet"]
    if subprocess.run(sync, cwd=release, env=environment, check=False).returncode:
        raise Failed(f"uv could not build the environment of {release.name}")
    load = [python_of(release), "-c", "import shop.app"]
    if subprocess.run(load, cwd=release, check=False).returncode:
        raise Failed(f"{release.name} cannot be loaded, so it was not started")
    return release


def python_of(release: Path) -> str:
    return str(release / ".venv/bin/python")


def git(*arguments: str) -> bytes:
    answer = subprocess.run(["git", *arguments], check=False, stdout=subprocess.PIPE)
    if answer.returncode:
        raise Failed(f"git {arguments[0]} failed: is this a repository with a branch main?")
    return answer.stdout


def in_service(site: Site) -> Path | None:
    return site.current.resolve() if site.current.exists() else None


def switch(site: Site, release: Path) -> None:
    """Points `current` at the release by one rename, so that it never points at nothing."""
    new = site.root / "current.new"
    new.unlink(missing_ok=True)
    new.symlink_to(release.relative_to(site.root))
    new.replace(site.current)


def start(site: Site, release: Path) -> bool:
    """Starts the release and waits until it answers; false if it does not."""
    server = [python_of(release), "-m", "uvicorn", "--factory", "shop.app:create"]
    options = ["--host", site.host, "--port", str(site.port), "--timeout-graceful-shutdown", "5"]
    environment = {**os.environ, "SHOP_DATA": str(site.data), "SHOP_RELEASE": release.name}
    with site.log.open("ab") as log:
        process = subprocess.Popen(
            ["sh", "-c", WRITE_PID_AND_BECOME, str(site.pid_file), *server, *options],
            cwd=release,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if healthy(site, release):
            return True
        time.sleep(0.1)
    return False


def healthy(site: Site, release: Path) -> bool:
    """Whether this very release answers, not whoever else may hold the port."""
    connection = http.client.HTTPConnection(site.host, site.port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        return answer.status == 200 and json.loads(answer.read())["release"] == release.name
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        return False
    finally:
        connection.close()


def stop(site: Site) -> None:
    """Asks the process in service to end, and makes it after a while. Fine if there is none."""
    pid = running(site)
    if pid is None:
        site.pid_file.unlink(missing_ok=True)
        return
    deadline = time.monotonic() + STOP_SECONDS
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
        while running(site) == pid:
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)
    site.pid_file.unlink(missing_ok=True)


def running(site: Site) -> int | None:
    """The pid in the pid file, if the process that bears it today is one of ours."""
    try:
        pid = int(site.pid_file.read_text())
    except (OSError, ValueError):
        return None
    return pid if str(site.releases) in command_line(pid) else None


def command_line(pid: int) -> str:
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            return ""
    listing = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(listing, check=False, stdout=subprocess.PIPE, text=True).stdout


def prune(site: Site) -> None:
    """Removes all but the newest releases, whose names sort by age."""
    for old in sorted(site.releases.iterdir())[:-KEPT]:
        if old != in_service(site):
            shutil.rmtree(old, ignore_errors=True)


def say(text: str) -> None:
    print(text, file=sys.stderr)


ACTIONS = {"deploy": deploy, "start": start_current, "stop": stop}


def main() -> None:
    parser = argparse.ArgumentParser(description="deploys, starts and stops the shop")
    parser.add_argument("root", type=Path)
    parser.add_argument("action", choices=ACTIONS)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--uv", default="uv")
    asked = parser.parse_args()
    site = Site(root=asked.root.resolve(), host=asked.host, port=asked.port, uv=asked.uv)
    site.releases.mkdir(parents=True, exist_ok=True)
    site.data.mkdir(mode=0o700, exist_ok=True)
    with (site.root / "deploy.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            ACTIONS[asked.action](site)
        except Failed as failure:
            sys.exit(f"deploy: {failure}")


if __name__ == "__main__":
    main()
