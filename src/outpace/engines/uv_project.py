"""A uv project: its lock is resolved again in a copy of the files that uv needs."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import cast

from outpace.ecosystems.pypi.versions import normalize_name
from outpace.engines import uv_words
from outpace.engines.uv import Uv, lower_bound
from outpace.engines.uv_cool_down import CoolDown
from outpace.engines.uv_pins import exact_pins_moved, requirements_of
from outpace.remediation.ports import Found, Pin, Resolution, Resolved, Step, Unsolvable

NEEDED = frozenset({"pyproject.toml", "uv.toml", ".python-version", "setup.py", "setup.cfg", "PKG-INFO"})
ARCHIVES = (".whl",)


class UvProject:
    """Implements `remediation.ports.Resolver` for one uv.lock."""

    def __init__(
        self, lock: str, *, paths: tuple[str, ...], look_up: Callable[[str], bytes | None], place: Path, uv: Uv
    ) -> None:
        self._lock = lock
        self._uv = uv
        self._place = place
        self._directory = PurePosixPath(lock).parent
        self._texts = {path: content for path in _needed(paths, lock) if (content := look_up(path)) is not None}
        self._locked = _versions(self._texts[lock])
        self._python = lower_bound(_requires_python(self._texts[lock]))

    @property
    def files(self) -> frozenset[str]:
        return frozenset({self._lock})

    @property
    def _cwd(self) -> Path:
        return self._place / self._directory

    def lowest(self, pin: Pin, demand: str, *, prereleases: bool, hidden: bool) -> Found:
        self._lay_out({})
        name = pin.package.name
        shown = ("--exclude-newer-package", f"{name}=false") if hidden else ()
        options = (*shown, *self._index_of(name))
        return self._uv.lowest(
            name, [f"{name}{demand}"], cwd=self._cwd, python=self._python, options=options, prereleases=prereleases
        )

    def resolve(self, steps: tuple[Step, ...]) -> Resolution:
        wanted = {step.pin.package.name: step.version for step in steps}
        edits, notes = exact_pins_moved(self._projects(), steps)
        cool_down = CoolDown(self._settings(edits), steps)
        edits = {**edits, **cool_down.edits}
        self._lay_out(edits)
        upgrades = [word for name, version in sorted(wanted.items()) for word in ("-P", f"{name}=={version}")]
        answer = self._uv.call("lock", "--no-build", *upgrades, cwd=self._cwd)
        if not answer.solved:
            return self._unsolvable(answer.said, wanted)
        lock = (self._place / self._lock).read_bytes()
        changed = {path: content for path, content in edits.items() if content != self._texts.get(path)}
        return Resolved(
            files=tuple(sorted({**changed, self._lock: lock}.items())),
            notes=(*notes, *cool_down.notes, *_format_notes(self._texts[self._lock], lock)),
            let_through=cool_down.let_through,
            released=_upload_times(lock, wanted),
        )

    def smallest(self, steps: tuple[Step, ...], along: tuple[Pin, ...]) -> tuple[Step, ...]:
        self._lay_out({})
        names = {pin.package.name: pin for pin in along}
        own = [text for text in requirements_of(self._projects().values()) if _name_of(text) in names]
        lines = [*(f"{step.pin.package.name}=={step.version}" for step in steps), *own]
        lines += [f"{name}>={pin.version}" for name, pin in names.items()]
        shown = [word for step in steps if step.released
                 for word in ("--exclude-newer-package", f"{step.pin.package.name}=false")]  # fmt: skip
        answer, packages = self._uv.compile(
            lines, cwd=self._cwd, python=self._python, options=("--resolution", "lowest-direct", *shown)
        )
        found = {package.name: package.version for package in packages} if answer.solved else {}
        return tuple(Step(pin=pin, version=found[name]) for name, pin in names.items() if name in found)

    def _unsolvable(self, said: str, wanted: Mapping[str, str]) -> Unsolvable:
        build = uv_words.must_build(said)
        return Unsolvable(
            blocker=build or uv_words.blocker(said, wanted, self._locked),
            names=uv_words.spoken_of(said, self._locked),
            python=None if build else uv_words.python_of(said, wanted),
        )

    def _lay_out(self, edits: Mapping[str, bytes]) -> None:
        for path, content in {**self._texts, **edits}.items():
            file = self._place / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)

    def _projects(self) -> dict[str, bytes]:
        return {path: text for path, text in self._texts.items() if PurePosixPath(path).name == "pyproject.toml"}

    def _settings(self, edits: Mapping[str, bytes]) -> tuple[str, bytes]:
        """The file whose uv settings count: uv.toml hides pyproject.toml's."""
        for name in ("uv.toml", "pyproject.toml"):
            path = str(self._directory / name)
            if path in self._texts:
                return path, edits.get(path, self._texts[path])
        return str(self._directory / "pyproject.toml"), b""

    def _index_of(self, name: str) -> tuple[str, ...]:
        """The index that the project declares for this package alone."""
        uv = _uv_table(self._texts.get(str(self._directory / "pyproject.toml"), b""))
        sources = {normalize_name(key): value for key, value in _table(uv, "sources").items()}
        source = sources.get(name)
        wanted = cast("dict[str, object]", source).get("index") if isinstance(source, dict) else None
        rows = cast("list[dict[str, object]]", uv.get("index", []))
        found = next((row for row in rows if wanted is not None and row.get("name") == wanted), None)
        return ("--default-index", f"{wanted}={found['url']}") if found else ()


def _needed(paths: tuple[str, ...], lock: str) -> tuple[str, ...]:
    def is_needed(path: str) -> bool:
        return PurePosixPath(path).name in NEEDED or path.endswith(ARCHIVES)

    return (lock, *(path for path in paths if path != lock and is_needed(path)))


def _document(text: bytes) -> dict[str, object]:
    try:
        return tomllib.loads(text.decode("utf-8", "replace"))
    except tomllib.TOMLDecodeError:
        return {}


def _table(of: Mapping[str, object], name: str) -> dict[str, object]:
    table = of.get(name)
    return cast("dict[str, object]", table) if isinstance(table, dict) else {}


def _uv_table(project: bytes) -> dict[str, object]:
    return _table(_table(_document(project), "tool"), "uv")


def _rows(lock: bytes) -> list[dict[str, object]]:
    return cast("list[dict[str, object]]", _document(lock).get("package", []))


def _versions(lock: bytes) -> dict[str, str]:
    return {str(row.get("name")): str(row.get("version", "")) for row in _rows(lock)}


def _requires_python(lock: bytes) -> str:
    return str(_document(lock).get("requires-python", ""))


def _upload_times(lock: bytes, wanted: Mapping[str, str]) -> tuple[tuple[str, datetime], ...]:
    times: list[tuple[str, datetime]] = []
    for row in _rows(lock):
        name, version = str(row.get("name")), str(row.get("version"))
        if wanted.get(name) == version:
            files = [*cast("list[dict[str, str]]", row.get("wheels", [])), cast("dict[str, str]", row.get("sdist", {}))]
            known = [datetime.fromisoformat(at).astimezone(UTC) for file in files if (at := file.get("upload-time"))]
            times += [(f"{name}=={version}", min(known))] if known else []
    return tuple(sorted(times))


def _format_notes(before: bytes, after: bytes) -> tuple[str, ...]:
    old, new = (_document(lock).get("revision", 0) for lock in (before, after))
    return (f"this uv writes revision {new} of the lock format; the file had {old}",) if old != new else ()


def _name_of(requirement: str) -> str:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return normalize_name(Requirement(requirement).name)
    except InvalidRequirement:
        return ""
