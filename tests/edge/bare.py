"""An edge without an application's repository: releases are started and shifted by hand, in this process."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from outpace.delivery.edge.standing import Program
from outpace.delivery.edge.traffic import Traffic
from outpace.engines.envoy.runtime import Runtime, Settings
from outpace.model.edge import Tls
from outpace.model.release import Digest
from tests.edge.shop import PATIENCE, free_port, reaped
from tests.needs import needs

HERE = Path(__file__).parent
A, B = Digest("a" * 64), Digest("b" * 64)


@dataclass(frozen=True)
class Bare:
    """Release A takes requests."""

    runtime: Runtime
    place: Path
    port: int
    environ: dict[str, str]
    has_tls: bool

    def start(self, release: Digest) -> None:
        argv = (sys.executable, "-m", "uvicorn", "--log-level", "warning", "--port", "{port}", "streaming:app")
        program = Program(
            release=release, argv=argv, cwd=str(HERE), variables={"VERSION": release[0]}, stop_s=1.0, ready="/healthz"
        )
        self.runtime.start(program, 1)
        assert self.runtime.healthy(release, PATIENCE) == ""
        self.runtime.admit()

    def address(self, scheme: str, path: str) -> str:
        return f"{scheme}{'s' if self.has_tls else ''}://localhost:{self.port}{path}"

    @property
    def trust(self) -> ssl.SSLContext | None:
        return ssl.create_default_context(cafile=self.place / "certificate.pem") if self.has_tls else None

    def curl(self, *words: str) -> subprocess.CompletedProcess[str]:
        argv = [needs("curl"), "-sS", "--max-time", str(PATIENCE), *self.http2(), *words]
        return subprocess.run(argv, capture_output=True, text=True, check=False, env=self.environ)

    def http2(self) -> tuple[str, ...]:
        """By ALPN, or from the first byte."""
        trust = ("--http2", "--cacert", str(self.place / "certificate.pem"))
        return trust if self.has_tls else ("--http2-prior-knowledge",)


@contextmanager
def bare_edge(place: Path, *, has_tls: bool = False) -> Generator[Bare]:
    home, port = place / "home", free_port()
    home.mkdir(parents=True)
    environ = {"HOME": str(home), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    tls = certified(place) if has_tls else None
    runtime = Runtime(place / "edge", Settings(listen=(f"127.0.0.1:{port}",), tls=tls), environ)
    with reaped(home):
        runtime.up()
        edge = Bare(runtime, place, port, environ, has_tls)
        edge.start(A)
        runtime.route(Traffic(baseline=A))
        yield edge


def certified(place: Path) -> Tls:
    """A new certificate, renamed over the one before: its key first, as tools that renew them do."""
    new = [place / "new.key", place / "new.pem"]
    words = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "9")
    names = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
    argv = [needs("openssl"), *words, *names, "-keyout", new[0], "-out", new[1]]
    subprocess.run(argv, check=True, capture_output=True)
    tls = Tls(certificate=str(place / "certificate.pem"), key=str(place / "key.pem"))
    new[0].rename(tls.key)
    new[1].rename(tls.certificate)
    return tls
