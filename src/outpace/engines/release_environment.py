"""The packages of a release: what uv installed, copied to fresh inodes, checked and compiled."""

from __future__ import annotations

import base64
import csv
import hashlib
import posixpath
from collections.abc import Iterable
from pathlib import Path

from outpace import sandbox
from outpace.delivery.releases.manifest import Entry, File, Interpreter, Layer
from outpace.engines import release_files as files
from outpace.engines.manifest import MANIFEST
from outpace.engines.release_store import ENVIRONMENT, ReleaseStore
from outpace.model.errors import DamagedData, ToolFailed
from outpace.proving.ports import Built

CACHED = "__pycache__"
LEFT_BY_UV = frozenset({".lock", ".gitignore", "CACHEDIR.TAG", MANIFEST})
SHELLS = ("activate", "deactivate.", "pydoc.")
OWN_RECORDS = frozenset({"uv_cache.json", "uv_build.json", "direct_url.json", "REQUESTED"})
"""Of an installation: when, and from which folder. What is installed is in the inventory."""

GIB = 1 << 30
COMPILE = """
import compileall, py_compile, sys
for workers in (0, 1):  # several need shared memory
    try:
        done = compileall.compile_dir(
            sys.argv[1], maxlevels=50, force=True, quiet=2, workers=workers, stripdir=sys.argv[1],
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
        sys.exit(not done)
    except (OSError, NotImplementedError):
        pass
sys.exit(2)
"""


class ReleaseEnvironments:
    """Copies, so that no write into a release comes to uv's cache, nor one into the cache to a release."""

    def __init__(self, store: ReleaseStore, *, tier: sandbox.Tier, unsafe_allow_none: bool = False) -> None:
        self._store = store
        self._tier = tier
        self._unsafe_allow_none = unsafe_allow_none

    def layer(self, built: Built, generated: Iterable[str], inputs: str) -> str:
        """The digest of the layer that holds what was built."""
        source = Path(built.path)
        interpreter = interpreter_of(built)
        left_out = {*LEFT_BY_UV, *generated}

        def skipped(path: str) -> bool:
            folder, name = posixpath.split(path)
            if not name:
                return posixpath.basename(folder) == CACHED
            shell = folder == "bin" and name.startswith(SHELLS)
            return shell or path in left_out or (name in OWN_RECORDS and folder.endswith(".dist-info"))

        with self._store.building("layer") as place:
            half = place / "half"
            environment = half / ENVIRONMENT
            found = files.copied(
                source, environment, skipped=skipped, may_lead=lambda path, _to: path.startswith("bin/python")
            )
            found |= _settled(environment)
            check(environment, found)
            compiled = self._compiled(environment, found, interpreter, built.readable)
            return self._store.add_layer(half, Layer(interpreter=interpreter, files=found, compiled=compiled), inputs)

    def _compiled(
        self, environment: Path, found: dict[str, Entry], interpreter: Interpreter, readable: tuple[str, ...]
    ) -> dict[str, Entry]:
        """Bytecode that is never compared with its source, whose times say nothing here."""
        library = environment / "lib"
        if not library.is_dir():
            return {}
        box = sandbox.Box(
            readable=(Path(interpreter.path), *(Path(path) for path in readable)),
            writable=(library,),
            memory=2 * GIB,
            disk=2 * GIB,
            seconds=900,
            env=(("PYTHONHASHSEED", "0"),),
        )
        words = [interpreter.path, "-I", "-S", "-c", COMPILE, str(library)]
        confined = sandbox.confine(
            words, box=box, cwd=library, tier=self._tier, unsafe_allow_none=self._unsafe_allow_none
        )
        if confined.exceeded or confined.done.returncode not in (0, 1):  # 1: a file that is no Python of this version
            raise ToolFailed(
                f"the packages could not be compiled: {confined.exceeded or confined.done.returncode}",
                hint="free some memory, and run the command again",
            )
        return _closed_compiled(environment, found)


def interpreter_of(built: Built) -> Interpreter:
    return Interpreter(path=str((Path(built.path) / "bin" / "python").readlink()), version=built.python)


def _closed_compiled(environment: Path, found: dict[str, Entry]) -> dict[str, Entry]:
    compiled: dict[str, Entry] = {}
    for path, entry in files.walked(environment):
        if path not in found:
            Path(entry.path).chmod(files.READ_ONLY)
            compiled[path] = File(sha256=files.sha256_of(Path(entry.path)), size=entry.stat().st_size)
    return compiled


def _settled(environment: Path) -> dict[str, Entry]:
    """Without what depends on which uv it was, and where and when it ran."""
    changed: dict[str, Entry] = {}
    configuration = environment / "pyvenv.cfg"
    lines = configuration.read_text().splitlines()
    kept = [line for line in lines if line.partition("=")[0].strip() not in ("uv", "prompt")]
    _rewrite(environment, configuration, "\n".join(kept) + "\n", changed)
    for record in sorted(environment.glob("lib/python*/site-packages/*.dist-info/RECORD")):
        if record.is_symlink():
            continue
        lines = record.read_text("utf-8", "surrogateescape").splitlines()
        stays = sorted(line for line in lines if not _is_own_record(line))
        _rewrite(environment, record, "".join(f"{line}\n" for line in stays), changed)
    return changed


def _is_own_record(line: str) -> bool:
    path = line.partition(",")[0].strip('"')
    folder, name = posixpath.split(path)
    return (name in OWN_RECORDS and folder.endswith(".dist-info")) or f"/{CACHED}/" in path


def _rewrite(environment: Path, place: Path, content: str, changed: dict[str, Entry]) -> None:
    data = content.encode("utf-8", "surrogateescape")
    place.chmod(0o644)
    place.write_bytes(data)
    place.chmod(files.READ_ONLY)
    path = place.relative_to(environment).as_posix()
    changed[path] = File(sha256=hashlib.sha256(data).hexdigest(), size=len(data))


def check(environment: Path, found: dict[str, Entry]) -> None:
    """Raises DamagedData where a package's file is not what its own RECORD says: uv's cache was written to."""
    for record in sorted(environment.glob("lib/python*/site-packages/*.dist-info/RECORD")):
        if record.is_symlink():
            continue
        site = record.parent.parent.relative_to(environment).as_posix()
        for row in csv.reader(record.read_text("utf-8", "replace").splitlines()):
            if len(row) < 2 or not row[1].startswith("sha256="):
                continue
            path = posixpath.normpath(posixpath.join(site, row[0]))
            entry = found.get(path)
            if isinstance(entry, File) and _in_record(entry.sha256) != row[1]:
                package = record.parent.name.partition("-")[0]
                raise DamagedData(
                    f"{path} is not what {package} was published with: something wrote to it in uv's cache",
                    hint=f"uv cache clean {package}, and run the command again",
                )


def _in_record(sha256: str) -> str:
    return f"sha256={base64.urlsafe_b64encode(bytes.fromhex(sha256)).rstrip(b'=').decode()}"
