"""A uv project: its lock is resolved again in a copy of the files that uv needs."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

from outpace.ecosystems.pypi.versions import normalize_name
from outpace.engines import uv_elsewhere, uv_words
from outpace.engines.source_needs import SourceNeeds
from outpace.engines.uv import Answer, Uv, interpreter_for, lower_bound
from outpace.engines.uv_archives import Archives
from outpace.engines.uv_cool_down import CoolDown, shown_of
from outpace.engines.uv_copy import Copy, table, without_stand_in
from outpace.engines.uv_lock_rows import rows_of, versions_of
from outpace.engines.uv_markers import marked, python_for
from outpace.engines.uv_pins import aims_of, exact_pins_moved, requirements_of, wanted_of
from outpace.model.fact import digest_of
from outpace.model.toml import document_or_empty
from outpace.remediation.ports import Found, Pin, Resolution, Resolved, Step, Unsolvable

NOT_PUT_BACK = "a package without a wheel, whose place in the lock would change with it"


class UvProject:
    """Implements `remediation.ports.Resolver` for one uv.lock."""

    def __init__(self, lock: str, *, copy: Copy, uv: Uv, needs: SourceNeeds) -> None:
        self._lock = lock
        self._copy = copy
        self._uv = uv
        self._cwd = copy.directory(lock)
        self._base = copy.texts[lock]
        self._locked = versions_of(self._base)
        self._archives = Archives(self._base, copy.place / f"outpace-wheels-{digest_of(lock)[:16]}", needs)
        requires_python = str(document_or_empty(self._base).get("requires-python", ""))
        self._python = lower_bound(requires_python)
        self._interpreter = interpreter_for(requires_python)

    @property
    def files(self) -> frozenset[str]:
        return frozenset({self._lock})

    def lowest(self, pin: Pin, demand: str, *, prereleases: bool, hidden: bool) -> Found:
        self._copy.lay_out({})
        name = pin.package.name
        shown = ("--exclude-newer-package", f"{name}=false") if hidden else ()
        options = (*shown, *self._index_of(name))
        return self._uv.lowest(
            name,
            [f"{name}{demand}{marked(pin.marker)}"],
            cwd=self._cwd,
            python=python_for(pin.marker, self._python),
            options=options,
            prereleases=prereleases,
        )

    def resolve(self, steps: tuple[Step, ...]) -> Resolution:
        edits, notes = exact_pins_moved(self._copy.projects(), steps)
        settings = self._copy.settings_for(self._lock) or posixpath.join(posixpath.dirname(self._lock), "uv.toml")
        cool_down = CoolDown((settings, edits.get(settings, self._copy.texts.get(settings, b""))), steps)
        edits = {**edits, **cool_down.edits}
        self._copy.lay_out(edits)
        answer = self._locking(self._demands(wanted_of(steps)))
        if elsewhere := uv_elsewhere.not_fetched(answer.said):
            raise uv_elsewhere.unreachable(elsewhere, self._lock)
        if not answer.solved:
            return self._unsolvable(answer.said, steps)
        lock = self._archives.put_back(without_stand_in((self._copy.place / self._lock).read_bytes()))
        if lock is None:
            return Unsolvable(blocker=NOT_PUT_BACK)
        changed = {path: content for path, content in edits.items() if content != self._copy.texts.get(path)}
        return Resolved(
            files=tuple(sorted({**changed, self._lock: lock}.items())),
            notes=(*notes, *self._archives.notes, *cool_down.notes, *_format_notes(self._base, lock)),
            let_through=cool_down.let_through,
            released=_upload_times(lock, {(step.pin.package.name, step.version) for step in steps}),
        )

    def _locking(self, demands: tuple[str, ...]) -> Answer:
        upgrades = [word for demand in demands for word in ("-P", demand)]
        while True:
            options = (*self._interpreter, *self._archives.options)
            answer = self._uv.call("lock", "--no-build", *options, *upgrades, cwd=self._cwd)
            if answer.solved or not self._archives.stand_in(answer.said):
                return answer

    def _demands(self, wanted: Mapping[tuple[str, str], str]) -> tuple[str, ...]:
        """For uv's --upgrade-package. Where a package has a version for each fork, the other forks keep theirs."""
        demands: list[str] = []
        for name in sorted({name for name, _ in wanted}):
            forks = [row for row in rows_of(self._base) if row.get("name") == name]
            for row in forks:
                version = str(row.get("version", ""))
                markers = " or ".join(cast("list[str]", row.get("resolution-markers", []))) if len(forks) > 1 else ""
                demands.append(f"{name}=={wanted.get((name, version), version)}{marked(markers)}")
        return tuple(demands)

    def smallest(
        self, steps: tuple[Step, ...], along: tuple[tuple[Pin, str], ...], *, hidden: bool
    ) -> tuple[Step, ...]:
        self._copy.lay_out({})
        names = {pin.package.name: pin for pin, _ in along}
        own = [text for text in requirements_of(self._copy.projects().values()) if _name_of(text) in names]
        lines = [*(f"{step.pin.package.name}=={step.version}" for step in steps), *own]
        lines += [f"{pin.package.name}{demand}" for pin, demand in along]
        shown = shown_of(steps, along if hidden else ())
        answer, packages = self._uv.compile(
            lines,
            cwd=self._cwd,
            python=self._python,
            options=("--resolution", "lowest-direct", *shown, *self._archives.options),
        )
        found = {package.name: package.version for package in packages} if answer.solved else {}
        return tuple(Step(pin=pin, version=found[name]) for name, pin in names.items() if name in found)

    def _unsolvable(self, said: str, steps: tuple[Step, ...]) -> Unsolvable:
        wanted = aims_of(steps)
        held = {step.pin.package.name for step in steps} - wanted.keys()  # by us: uv takes it for the project's demand
        build = uv_words.must_build(said)
        return Unsolvable(
            blocker=build or uv_words.blocker(said, wanted, self._locked, loose=held),
            names=uv_words.spoken_of(said, self._locked),
            python=None if build else uv_words.python_of(said, wanted),
        )

    def _index_of(self, name: str) -> tuple[str, ...]:
        """The index that the project declares for this package alone."""
        project = self._copy.near(self._lock, "pyproject.toml")
        uv = table(table(document_or_empty(self._copy.texts[project]) if project else {}, "tool"), "uv")
        sources = {normalize_name(key): value for key, value in table(uv, "sources").items()}
        source = sources.get(name)
        wanted = cast("dict[str, object]", source).get("index") if isinstance(source, dict) else None
        rows = cast("list[dict[str, object]]", uv.get("index", []))
        urls = (row.get("url") for row in rows if wanted is not None and row.get("name") == wanted)
        url = next(urls, None)
        return (f"--default-index={wanted}={url}",) if isinstance(url, str) else ()


def _upload_times(lock: bytes, wanted: set[tuple[str, str]]) -> tuple[tuple[str, datetime], ...]:
    times: list[tuple[str, datetime]] = []
    for row in rows_of(lock):
        name, version = str(row.get("name")), str(row.get("version"))
        if (name, version) in wanted:
            files = [*cast("list[dict[str, str]]", row.get("wheels", [])), cast("dict[str, str]", row.get("sdist", {}))]
            known = [datetime.fromisoformat(at).astimezone(UTC) for file in files if (at := file.get("upload-time"))]
            times += [(f"{name}=={version}", min(known))] if known else []
    return tuple(sorted(times))


def _format_notes(before: bytes, after: bytes) -> tuple[str, ...]:
    old, new = (document_or_empty(lock).get("revision", 0) for lock in (before, after))
    return (f"this uv writes revision {new} of the lock format; the file had {old}",) if old != new else ()


def _name_of(requirement: str) -> str:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return normalize_name(Requirement(requirement).name)
    except InvalidRequirement:
        return ""
