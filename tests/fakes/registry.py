"""Debian's docker-registry on the loopback, with its files in a temporary folder."""

from __future__ import annotations

import http.client
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from tests.needs import needs

CONFIGURATION = """version: 0.1
log:
  level: error
storage:
  filesystem:
    rootdirectory: {root}
  delete:
    enabled: true
http:
  addr: {host}
{auth}"""
HTPASSWD = "auth:\n  htpasswd:\n    realm: shop\n    path: {file}\n"
ENTRY = "robot:$2b$04$Zma.f83jS6NGduIWhzxXuehdxvcmAp6otb76SAUPqqjrbCu4IzT7a\n"  # whose password is s3cret
SECONDS = 20


class Served(Struct, frozen=True, kw_only=True):
    host: str
    log: Path
    files: Path

    def asked(self, method: str) -> list[str]:
        """The paths that were asked for so, in order."""
        lines = self.log.read_text().splitlines()
        return [line.split(f'"{method} ')[1].split(" ")[0] for line in lines if f'"{method} ' in line]


@contextmanager
def registry(place: Path, *, entry: str = "") -> Generator[Served]:
    """`entry` is a line of htpasswd: whoever pushes must know its password."""
    program = needs("docker-registry")
    place.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as free:
        host = f"127.0.0.1:{free.getsockname()[1]}"
    (place / "passwords").write_text(entry)
    auth = HTPASSWD.format(file=place / "passwords") if entry else ""
    (place / "config.yml").write_text(CONFIGURATION.format(root=place / "files", host=host, auth=auth))
    log = place / "log"
    with log.open("wb") as file:
        process = subprocess.Popen([program, "serve", place / "config.yml"], stdout=file, stderr=file)
    try:
        wait(host, process, log)
        yield Served(host=host, log=log, files=place / "files")
    finally:
        process.kill()
        process.wait()


def wait(host: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and process.poll() is None:
        connection = http.client.HTTPConnection(host, timeout=SECONDS)
        try:
            connection.request("GET", "/v2/")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()
    raise AssertionError(f"the registry does not answer: {log.read_text()}")
