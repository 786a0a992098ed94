"""Source archives, built in the sandbox: uv itself works in the box, with a way out to the index of the lock alone."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from msgspec import Struct

from outpace import sandbox
from outpace.engines.build_words import why_not_built
from outpace.engines.scratch import scratch
from outpace.model.errors import ToolFailed, ToolMissing, ToolTimedOut

SECONDS = 900.0
SAID = 20_000  # characters of an output that are looked at, from its end
GIB = 1 << 30
REFUSED_BUILD = re.compile(
    r"--no-build|no binary distribution|building source distributions is disabled", re.IGNORECASE
)
URL = re.compile(r"\b(?:git\+)?https?://[^\s\"'<>,}\]]+")
TRUST = ("SSL_CERT_FILE", "SSL_CERT_DIR")


def needs_a_build(error: ToolFailed) -> bool:
    return REFUSED_BUILD.search(error.message) is not None


def hosts_in(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Every host that the locks name: their indexes, their archives, their repositories."""
    found: dict[str, None] = {}
    for text in texts:
        for url in (match[0] for match in URL.finditer(text)):
            try:
                parts = urlsplit(url)
                host, port = parts.hostname, parts.port
            except ValueError:
                continue
            if host:
                found[f"{host}:{port}" if port else host] = None
    return tuple(found)


class Indexes(Struct, frozen=True, kw_only=True):
    """Where the user's uv looks for packages, without credentials; `hosts` hold the files too."""

    default: str = ""
    others: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


def indexes_in(lines: str, lock: str) -> Indexes:
    """From the options that `uv pip compile --emit-index-url` writes, and from a pylock.toml of the same uv."""
    told = [line.split(maxsplit=1) for line in lines.splitlines() if line.startswith("--")]
    urls = [(words[0], _bare(words[1])) for words in told if len(words) == 2]
    default = next((url for option, url in urls if option == "--index-url"), "")
    others = tuple(url for option, url in urls if option == "--extra-index-url")
    return Indexes(default=default, others=others, hosts=hosts_in((default, *others, lock)))


def _bare(url: str) -> str:
    """Without a user and a password: nothing of the kind goes to foreign code."""
    parts = urlsplit(url.strip())
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


class ConfinedBuild:
    """Credentials of the user's do not come along: an index that asks for them cannot be built from."""

    def __init__(self, *, tier: sandbox.Tier, environ: Mapping[str, str], unsafe_allow_none: bool = False) -> None:
        self._tier = tier
        self._environ = environ
        self._unsafe_allow_none = unsafe_allow_none

    def install(
        self,
        words: list[str],
        *,
        tree: Path,
        cwd: Path,
        environment: Path,
        readable: tuple[str, ...],
        hosts: tuple[str, ...],
        indexes: Indexes,
    ) -> None:
        """uv's words again, now with builds. Raises ToolFailed and ToolTimedOut like a plain run."""
        uv = shutil.which("uv", path=self._environ.get("PATH"))
        if uv is None:
            raise ToolMissing("uv is not installed", hint="install uv: `python -m pip install uv`")
        trust = {name: self._environ[name] for name in TRUST if Path(self._environ.get(name) or "/nowhere").exists()}
        reached = tuple(dict.fromkeys((*hosts, *indexes.hosts)))
        with scratch("build") as place:
            box = sandbox.Box(
                readable=(Path(uv), tree, *(Path(path) for path in readable), *(Path(path) for path in trust.values())),
                writable=(environment, place),
                network=sandbox.Egress(reached) if reached else sandbox.NoNetwork(),
                memory=4 * GIB,
                disk=4 * GIB,
                seconds=SECONDS,
                env=tuple({**trust, **_environment(environment, place, indexes)}.items()),
            )
            confined = sandbox.confine(
                [uv, *words], box=box, cwd=cwd, tier=self._tier, unsafe_allow_none=self._unsafe_allow_none
            )
        done = confined.done
        if confined.exceeded == "time":
            raise ToolTimedOut(f"the build did not end in {SECONDS:g} s", hint="build it by hand to see why")
        if done.returncode:
            said = sandbox.mask(done.stderr.decode("utf-8", "replace").strip())[-SAID:]
            raise ToolFailed(
                f"the build in the sandbox failed: {why_not_built(said)}",
                hint="what that build asks for, installed on this machine, or a version with a wheel",
                returncode=done.returncode,
                output=said,
            )


def _environment(environment: Path, place: Path, indexes: Indexes) -> dict[str, str]:
    """The user's own configuration is not in the box, so that its indexes are told."""
    told = {"UV_DEFAULT_INDEX": indexes.default, "UV_INDEX": " ".join(indexes.others)}
    return {name: value for name, value in told.items() if value} | {
        "UV_PROJECT_ENVIRONMENT": str(environment),
        "VIRTUAL_ENV": str(environment),
        "UV_CACHE_DIR": str(place / "cache"),
        "UV_LINK_MODE": "copy",
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_PROGRESS": "1",
    }
