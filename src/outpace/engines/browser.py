"""Chromium, or a browser made of it, prints a page of ours to PDF: no network, and a profile of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from outpace.engines.scratch import scratch
from outpace.model.errors import ToolFailed, ToolMissing
from outpace.sandbox import run

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "chrome",
    "microsoft-edge",
    "msedge",
)
ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
FLAGS = (
    "--headless=new",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-crash-reporter",
    "--no-first-run",
    "--no-default-browser-check",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # whatever a page asked for, it could not be asked
    "--no-pdf-header-footer",
    "--font-render-hinting=none",
)
A_MINUTE = timedelta(minutes=1)
BY_HAND = "write the page with --format html, open it in a browser and print it there"


class Chromium:
    """`program` None: the first of `NAMES` on the PATH."""

    def __init__(
        self, environ: Mapping[str, str], *, program: Path | None = None, timeout: timedelta = A_MINUTE
    ) -> None:
        self._environ = environ
        self._program = program
        self._timeout = timeout

    def pdf(self, html: str) -> bytes:
        """On the paper that the page's own sheet names, else Letter. Raises ToolMissing, ToolFailed, ToolTimedOut."""
        program = self._program or self._found()
        with scratch("print") as place:
            page, printed = place / "page.html", place / "page.pdf"
            page.write_text(html, encoding="utf-8")
            argv = [program, *FLAGS, *_as_root(), f"--user-data-dir={place / 'profile'}", f"--print-to-pdf={printed}"]
            done = run([*argv, page.as_uri()], cwd=place, env=self._environment(place), timeout=self._timeout)
            content = printed.read_bytes() if printed.is_file() else b""
        if not content.startswith(b"%PDF-"):
            raise ToolFailed(f"{program.name} ended and printed nothing", hint=BY_HAND, returncode=done.returncode)
        return content

    def _found(self) -> Path:
        path = self._environ.get("PATH")
        found = next(filter(None, (shutil.which(name, path=path) for name in NAMES)), None)
        beside = next((each for each in map(Path, ELSEWHERE) if each.is_file()), None)
        if found is None and beside is None:
            raise ToolMissing("a PDF is printed by Chromium or Chrome, and neither is installed", hint=BY_HAND)
        return Path(found) if found else beside or Path()

    def _environment(self, place: Path) -> dict[str, str]:
        """Nothing of the user's own browser is read or written."""
        ours = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "TMPDIR"), str(place))
        return {**self._environ, **ours}


def _as_root() -> tuple[str, ...]:
    """Chromium refuses its own sandbox to root. The page is ours, without script, and reaches no network."""
    return ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
