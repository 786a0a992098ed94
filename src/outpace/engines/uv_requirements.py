"""Requirements files: pins are edited in place, and the whole is resolved before and after."""

from __future__ import annotations

import platform
import posixpath
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec
from packaging.markers import InvalidMarker, Marker
from packaging.requirements import Requirement

from outpace.ecosystems.pypi.requirement_lines import Requires
from outpace.ecosystems.pypi.requirements import Closure
from outpace.ecosystems.pypi.versions import canonical, normalize_name, pinned
from outpace.engines import uv_elsewhere, uv_words
from outpace.engines.requirement_edits import CannotEdit, Edit, has_hashes, has_pin, written
from outpace.engines.requirement_headers import compile_again
from outpace.engines.uv import Answer, Locked, Uv, lower_bound
from outpace.engines.uv_cool_down import CoolDown, shown_of
from outpace.engines.uv_copy import Copy, table
from outpace.engines.uv_elsewhere import Elsewhere
from outpace.engines.uv_lines import index_options, moved_bound, readable, requirement_line
from outpace.engines.uv_markers import marked, python_for, python_order
from outpace.engines.uv_pins import aims_of
from outpace.engines.uv_unbuilt import Unbuilt
from outpace.model.fact import digest_of
from outpace.model.package import PYPI, Package
from outpace.model.toml import document_or_empty
from outpace.remediation.ports import Found, Pin, Resolution, Resolved, Step, Unsolvable

_HEADER_PYTHON = re.compile(r"^#.*?(?:with Python |--python-version[= ])(\d+\.\d+)", re.MULTILINE | re.IGNORECASE)
_HEADER_INPUT = re.compile(r"^#.*?compile\b.*?([\w./-]+\.in)\b", re.MULTILINE)


class _Part(NamedTuple):
    """Files that resolve together, and to what before."""

    files: frozenset[str]
    before: tuple[Locked, ...]


class Requirements:
    """Implements `remediation.ports.Resolver` for one requirements file and all that it includes."""

    def __init__(
        self,
        closure: Closure,
        *,
        texts: Mapping[str, bytes],
        paths: frozenset[str],
        reaches: Mapping[str, frozenset[str]],
        copy: Copy,
        uv: Uv,
    ) -> None:
        """`texts` are the closure's files; `reaches` says of each which of them it includes, itself too."""
        self._reaches = reaches
        self._within = frozenset(texts)
        self._root = closure.required[0].file
        self._texts = dict(texts)
        self._is_hashed = any(has_hashes(text) for text in texts.values())
        self._paths = paths
        self._copy = copy
        self._uv = uv
        self._options = tuple(dict.fromkeys(index_options(texts.values())))
        self._asks = tuple(
            (parsed.file, line, Requirement(entry.requirement))
            for parsed in closure.required
            for line, entry in parsed.entries
            if isinstance(entry, Requires)
        )
        constraints = (entry for parsed in closure.constraints for _, entry in parsed.entries)
        self._bounds = tuple(Requirement(entry.requirement) for entry in constraints if isinstance(entry, Requires))
        self._pins = {
            normalize_name(asked.name): version
            for asked in (*(asked for *_, asked in self._asks), *self._bounds)
            if (version := pinned(asked.specifier)) is not None
        }
        self._left_out: dict[str, Elsewhere] = {}
        self._unbuilt = Unbuilt(copy.place / f"outpace-wheels-{digest_of(self._root)[:16]}")
        self._cwd = copy.directory(self._root)
        self._python = self._stated_python()

    @property
    def files(self) -> frozenset[str]:
        return frozenset(self._texts)

    def lowest(self, pin: Pin, demand: str, *, prereleases: bool, hidden: bool) -> Found:
        self._copy.lay_out({})
        name = pin.package.name
        shown = ("--exclude-newer-package", f"{name}=false") if hidden else ()
        return self._uv.lowest(
            name,
            [*self._options, f"{name}{demand}{marked(pin.marker)}"],
            cwd=self._cwd,
            python=python_for(pin.marker, self._python),
            options=shown,
            prereleases=prereleases,
        )

    def resolve(self, steps: tuple[Step, ...]) -> Resolution:
        steps = (*steps, *self._twins(steps))
        settings = self._copy.settings_for(self._root)
        cool_down = CoolDown((settings or "uv.toml", self._copy.texts[settings] if settings else b""), steps)
        self._copy.lay_out(cool_down.edits)
        parts, unchecked = self._checkable(steps)
        along: dict[str, str] = {}
        for part in parts:
            self._within = part.files
            answer, packages, relaxed = self._relaxing(steps)
            if not answer.solved:
                return self._unsolvable(answer.said, steps)
            if missing := self._missing(part.before, packages):
                needed = ", ".join(missing)
                return Unsolvable(blocker=f"{needed}, which would be needed and is not pinned in {self._root}")
            moved = _along(packages, relaxed, self._pins)
            if apart := sorted(name for name in moved.keys() & along.keys() if moved[name] != along[name]):
                return Unsolvable(blocker=f"{', '.join(apart)}, of which the files need different versions")
            along |= moved
        return self._edited(steps, along, cool_down, unchecked)

    def _checkable(self, steps: tuple[Step, ...]) -> tuple[tuple[_Part, ...], tuple[str, ...]]:
        """The whole, if it resolves before; where it does not, the files of these pins together, or each by itself."""
        own = [self._reaches.get(step.pin.file, frozenset({step.pin.file})) for step in steps]
        together = frozenset[str]().union(*own)
        said = ""
        for split in ((frozenset(self._texts),), (together,), tuple(dict.fromkeys(own))):
            parts: list[_Part] = []
            for self._within in split:
                before, packages = self._whole({})
                parts += [_Part(self._within, packages)] if before.solved else []
                said = said or ("" if before.solved else before.said)
            if parts:
                self._within = parts[0].files
                checked = frozenset[str]().union(*(part.files for part in parts))
                return tuple(parts), (_unchecked(self._root, said, checked),) if said else ()
        return (), (_unchecked(self._root, said, frozenset()),)

    def _twins(self, steps: tuple[Step, ...]) -> Iterator[Step]:
        """The same pin in other files of the set: they are installed together, so they move together."""
        moving = {_key(step.pin) for step in steps}
        for step in steps:
            for file, line, asked in self._asks:
                key = _asked_key(file, asked)
                same = key[1:] == _key(step.pin)[1:] and key not in moving
                version = pinned(asked.specifier) if same else None
                if version is not None and canonical(version) == canonical(step.pin.version):
                    moving.add(key)
                    pin = msgspec.structs.replace(step.pin, file=file, line=line)
                    yield msgspec.structs.replace(step, pin=pin)

    def _relaxing(self, steps: tuple[Step, ...]) -> tuple[Answer, tuple[Locked, ...], frozenset[str]]:
        """Pins that stand in the way are let go upwards, those first that uv names."""
        wanted = {_key(step.pin): step.version for step in steps}
        held = {step.pin.package.name for step in steps}
        relaxed: frozenset[str] = frozenset()
        first, packages = self._whole(wanted)
        answer = first
        while not answer.solved:
            more = frozenset(uv_words.spoken_of(answer.said, self._pins)) - held - relaxed
            if not more:
                return first, (), relaxed
            relaxed |= more
            answer, packages = self._whole(wanted, dict.fromkeys(relaxed, ""))
        return answer, packages, relaxed

    def smallest(
        self, steps: tuple[Step, ...], along: tuple[tuple[Pin, str], ...], *, hidden: bool
    ) -> tuple[Step, ...]:
        self._copy.lay_out({})
        self._checkable(steps)
        wanted = {_key(step.pin): step.version for step in (*steps, *self._twins(steps))}
        shown = shown_of(steps, along if hidden else ())
        answer, packages = self._whole(wanted, {pin.package.name: demand for pin, demand in along}, shown)
        found = {package.name: package.version for package in packages} if answer.solved else {}
        return tuple(Step(pin=pin, version=found[pin.package.name]) for pin, _ in along if pin.package.name in found)

    def _whole(
        self,
        wanted: Mapping[tuple[str, str, str], str],
        relaxed: Mapping[str, str] | None = None,
        shown: tuple[str, ...] = (),
    ) -> tuple[Answer, tuple[Locked, ...]]:
        """Every requirement of the set that can be fetched, resolved together. `relaxed` pins may go up, as little as
        they can; an empty demand means from their own version."""
        while True:
            answer, packages = self._reachable(wanted, relaxed or {}, shown)
            moving = {name for _, name, _ in wanted} | set(relaxed or {})
            if not answer.solved and self._unbuilt.meets(answer.said, self._pins, but=moving):
                self._unbuilt.foresee(self._pins, self._pins_under)
                continue
            elsewhere = uv_elsewhere.not_fetched(answer.said) if not answer.solved else None
            if elsewhere is None:
                return answer, packages
            if elsewhere.name in self._left_out or not any(_is_at_url(asked, elsewhere) for *_, asked in self._asks):
                raise uv_elsewhere.unreachable(elsewhere, self._root)
            self._left_out[elsewhere.name] = elsewhere

    def _pins_under(self, options: tuple[str, ...]) -> tuple[Locked, ...]:
        lines = [*self._options, *(str(asked) for *_, asked in self._asks if pinned(asked.specifier) is not None)]
        return self._uv.compile(lines, cwd=self._cwd, python=self._lowest_python(), options=options)[1]

    def _reachable(
        self, wanted: Mapping[tuple[str, str, str], str], relaxed: Mapping[str, str], shown: tuple[str, ...]
    ) -> tuple[Answer, tuple[Locked, ...]]:
        lines = [*self._options]
        for file, _, asked in self._asks:
            if file in self._within and (asked.url is None or normalize_name(asked.name) not in self._left_out):
                lines.append(requirement_line(asked, wanted.get(_asked_key(file, asked)), relaxed))
        moved = {name: version for (_, name, _), version in wanted.items()}
        bounds = [requirement_line(bound, moved_bound(bound, moved), relaxed) for bound in self._bounds]
        options = ("--constraints", self._constraints(bounds)) if bounds else ()
        mode = ("--resolution", "lowest-direct") if relaxed else ()
        words = (*options, *mode, *shown, *self._unbuilt.options)
        told = self._unbuilt.met
        return self._uv.compile(lines, cwd=self._cwd, python=self._lowest_python(), options=words, told=told)

    def _constraints(self, bounds: list[str]) -> str:
        """A file named by its content, so that the same question is still the same."""
        file = self._copy.place / f"outpace-{digest_of(bounds)[:16]}.txt"
        file.write_text("".join(f"{bound}\n" for bound in bounds))
        return str(file)

    def _edited(
        self, steps: tuple[Step, ...], along: Mapping[str, str], cool_down: CoolDown, notes: tuple[str, ...]
    ) -> Resolution:
        released: dict[str, datetime] = {}
        edits: list[Edit] = []
        for step in (*steps, *self._along_steps(along)):
            package = self._release(step)
            edits += self._edits(step, package.hashes if package else ())
            if package and package.released:
                released[f"{package.name}=={package.version}"] = package.released
        try:
            files = written(self._texts, edits)
        except CannotEdit as error:
            return Unsolvable(blocker=f"{self._root}: {error}")
        changed = {path: text for path, text in files.items() if text != self._texts[path]}
        return Resolved(
            files=tuple(sorted({**changed, **cool_down.edits}.items())),
            notes=(*notes, *self._unchecked_notes(), *cool_down.notes, *self._source_notes(changed)),
            let_through=cool_down.let_through,
            released=tuple(sorted(released.items())),
        )

    def _edits(self, step: Step, hashes: tuple[str, ...]) -> Iterator[Edit]:
        """The pin itself, and the same pin in a constraints file of the set, which may be the only one."""
        if step.version == step.pin.version:
            return
        name, before = step.pin.package.name, step.pin.version
        asked = {file for file, *_ in self._asks}
        held = [
            Edit(file, None, name, before, step.version, hashes)
            for file, text in self._texts.items()
            if file not in asked and file != step.pin.file and has_pin(text, name, before)
        ]
        if not held or self._is_pinned_at(step.pin):
            yield Edit(step.pin.file, step.pin.line, name, before, step.version, hashes)
        yield from held

    def _is_pinned_at(self, pin: Pin) -> bool:
        """Where the pin was found; a requirement may be there that leaves the version to a constraints file."""
        return any(
            pinned(asked.specifier) is not None
            for file, line, asked in self._asks
            if (file, normalize_name(asked.name)) == (pin.file, pin.package.name) and pin.line in (None, line)
        )

    def _along_steps(self, along: Mapping[str, str]) -> Iterator[Step]:
        asked = ((file, normalize_name(asked.name), pinned(asked.specifier)) for file, _, asked in self._asks)
        places = [(file, name, before) for file, name, before in asked if name in along and before is not None]
        held = along.keys() - {name for _, name, _ in places}
        for file, name, before in (*places, *((self._root, name, self._pins[name]) for name in sorted(held))):
            pin = Pin(package=Package(PYPI, name), version=before, file=file)
            yield Step(pin=pin, version=along[name])

    def _release(self, step: Step) -> Locked | None:
        """What the index says of the very release: upload time, and where the files have hashes, those."""
        name = step.pin.package.name
        shown = ("--exclude-newer-package", f"{name}=false") if step.released else ()
        lines = [*self._options, f"{name}=={step.version}{marked(step.pin.marker)}"]
        python = python_for(step.pin.marker, self._python)
        _, packages = self._uv.compile(lines, cwd=self._cwd, python=python, options=("--no-deps", *shown))
        found = next((package for package in packages if package.name == name), None)
        if found is None or not self._is_hashed:
            return found
        return found._replace(hashes=self._uv.hashes(lines, cwd=self._cwd, python=python, options=shown))

    def _missing(self, base: tuple[Locked, ...], after: tuple[Locked, ...]) -> tuple[str, ...]:
        """Packages that a complete or hashed file would have to pin as well."""
        before = {package.name for package in base}
        new = sorted({package.name for package in after} - before - set(self._pins))
        is_complete = before <= set(self._pins)
        return tuple(new) if (is_complete and len(self._pins) > 1) or self._is_hashed else ()

    def _unsolvable(self, said: str, steps: tuple[Step, ...]) -> Unsolvable:
        wanted = aims_of(steps)
        build = uv_words.must_build(said)
        return Unsolvable(
            blocker=build or uv_words.blocker(said, wanted, self._pins, loose=self._pins),
            names=uv_words.spoken_of(said, self._pins),
            python=None if build else uv_words.python_of(said, wanted),
        )

    def _source_notes(self, changed: Mapping[str, bytes]) -> tuple[str, ...]:
        """A compiled file has a source, which the next compile reads."""
        notes: list[str] = []
        for path in changed:
            beside = f"{path.removesuffix('.txt')}.in"
            named = _HEADER_INPUT.search(readable(self._texts.get(path, b"")))
            inputs = [beside, posixpath.join(posixpath.dirname(path), named[1]) if named else beside]
            found = next((each for each in inputs if each in self._paths), named[1] if named else None)
            if found is not None:
                again = compile_again(found, path, readable(self._texts.get(path, b"")))
                notes.append(f"{found} remains the source of {path}: raise its own pin, if it has one, then {again}")
        return tuple(notes)

    def _unchecked_notes(self) -> tuple[str, ...]:
        left_out = (f"{each}: whether the new pins suit it was not checked" for each in self._left_out.values())
        return (*left_out, *self._unbuilt.notes, *self._python_notes())

    def _python_notes(self) -> tuple[str, ...]:
        if self._python:
            return ()
        ours = ".".join(platform.python_version_tuple()[:2])
        return (f"nothing says for which Python {self._root} is meant: it was resolved for {ours} and above",)

    def _stated_python(self) -> str:
        """From .python-version, the file's own header, or the project's requires-python; empty where none tells."""
        version_file = self._copy.near(self._root, ".python-version")
        if version_file is not None:
            found = re.search(r"\d+\.\d+(?:\.\d+)?", readable(self._copy.texts[version_file]))
            if found:
                return found.group()
        header = _HEADER_PYTHON.search(readable(self._texts[self._root]))
        if header is not None:
            return header[1]
        project = self._copy.near(self._root, "pyproject.toml")
        if project is None:
            return ""
        told = table(document_or_empty(self._copy.texts[project]), "project")
        return lower_bound(str(told.get("requires-python", "")))

    def _lowest_python(self) -> str:
        markers = {str(asked.marker) for *_, asked in self._asks if asked.marker is not None}
        pythons = [python for python in (python_for(marker, self._python) for marker in markers) if python]
        return min((*pythons, *((self._python,) if self._python else ())), key=python_order, default="")


def _key(pin: Pin) -> tuple[str, str, str]:
    return pin.file, pin.package.name, _plain(pin.marker)


def _asked_key(file: str, asked: Requirement) -> tuple[str, str, str]:
    return file, normalize_name(asked.name), _plain(str(asked.marker or ""))


def _is_at_url(asked: Requirement, elsewhere: Elsewhere) -> bool:
    return asked.url is not None and normalize_name(asked.name) == elsewhere.name


def _plain(marker: str) -> str:
    try:
        return str(Marker(marker)) if marker else ""
    except InvalidMarker:
        return marker


def _along(packages: tuple[Locked, ...], relaxed: frozenset[str], pins: Mapping[str, str]) -> dict[str, str]:
    return {
        package.name: package.version
        for package in packages
        if package.name in relaxed and canonical(pins[package.name]) != canonical(package.version)
    }


def _unchecked(root: str, said: str, own: frozenset[str]) -> str:
    why = uv_words.must_build(said) or uv_words.blocker(said, {}, {})
    what = ", ".join(sorted(own)) if own else "the new pins themselves"
    checked = f"only {what} {'was' if len(own) == 1 else 'were'} checked"
    return f"{root} as a whole did not resolve before either, without building ({why}): {checked}"
