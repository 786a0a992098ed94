"""A lock that Poetry or PDM writes: the program itself locks again, in a copy of the files that it needs.

A step is first one more demand of the project, so that everything makes room for it; then the project locks again as
it is, and keeps what it has. So the lock belongs to the project's own files, and the program alone has written it.
"""

from __future__ import annotations

import posixpath
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path

from outpace.ecosystems.pypi.indexes import Declared, key
from outpace.ecosystems.pypi.pyproject import read_pyproject
from outpace.ecosystems.read import read
from outpace.engines import lock_words, python_program
from outpace.engines.confined_build import hosts_in
from outpace.engines.lock_box import LockBox
from outpace.engines.lock_tool import Held, LockTool
from outpace.engines.python_program import Program
from outpace.engines.uv import Uv, interpreter_for, lower_bound
from outpace.engines.uv_copy import Copy
from outpace.engines.uv_markers import marked, python_for
from outpace.engines.uv_pins import aims_of
from outpace.model.errors import EngineError
from outpace.model.inventory import Component, OtherIndex
from outpace.remediation.ports import Available, Found, NotRun, Pin, Resolution, Resolved, Step, Unsolvable

ASKED_HOSTS = 6
SHOWN = 5


class LockProject:
    """Implements `remediation.ports.Resolver` for one poetry.lock or pdm.lock."""

    def __init__(
        self,
        lock: str,
        *,
        tool: LockTool,
        copy: Copy,
        place: Path,
        uv: Uv,
        environ: Mapping[str, str],
        report: Callable[[str], None],
    ) -> None:
        self._lock = lock
        self._project = posixpath.join(posixpath.dirname(lock), "pyproject.toml")
        self._tool = tool
        self._copy = copy
        self._place = place
        self._uv = uv
        self._environ = environ
        self._report = report
        self._base = copy.texts[lock]
        self._text = copy.texts.get(self._project, b"")
        self._answers: dict[tuple[Step, ...], Resolution] = {}
        self._released: dict[tuple[str, str], datetime] = {}

    @property
    def files(self) -> frozenset[str]:
        return frozenset({self._lock})

    def lowest(self, pin: Pin, demand: str, *, prereleases: bool, hidden: bool) -> Found:  # noqa: ARG002 - see below
        """A cool-down of uv's is none of this tool's."""
        if self._trouble is not None:
            return self._trouble
        name = pin.package.name
        try:
            found = self._uv.lowest(
                name,
                [f"{name}{demand}{marked(pin.marker)}"],
                cwd=self._aside,
                python=python_for(pin.marker, lower_bound(self._python)),
                options=("--exclude-newer-package", f"{name}=false", *self._index_of(name)),
                prereleases=prereleases,
            )
        except EngineError as error:
            return NotRun(f"uv found no releases of {name}: {error.message}")
        if isinstance(found, Available) and found.released is not None:
            self._released[name, found.version] = found.released
        return found

    def resolve(self, steps: tuple[Step, ...]) -> Resolution:
        """The same steps are tried once, unless the program failed without saying that there is no solution."""
        known = self._answers.get(steps)
        return known if known is not None else self._resolved(steps)

    def smallest(
        self,
        steps: tuple[Step, ...],
        along: tuple[tuple[Pin, str], ...],
        *,
        hidden: bool,  # noqa: ARG002 - as in `lowest`
    ) -> tuple[Step, ...]:
        names = {pin.package.name: pin for pin, _ in along}
        lines = [f"{step.pin.package.name}=={step.version}" for step in steps]
        lines += [_line(each) for each in self._asked if each.package.name in names]
        lines += [f"{pin.package.name}{demand}" for pin, demand in along]
        indexes = tuple(word for url in sorted(set(self._indexes.values())) for word in ("--index", url))
        try:
            answer, packages = self._uv.compile(
                lines,
                cwd=self._aside,
                python=lower_bound(self._python),
                options=("--resolution", "lowest-direct", *indexes),
            )
        except EngineError:
            return ()
        found = {package.name: package.version for package in packages} if answer.solved else {}
        return tuple(Step(pin=pin, version=found[name]) for name, pin in names.items() if name in found)

    def _resolved(self, steps: tuple[Step, ...]) -> Resolution:
        project, notes = self._tool.moved(self._text, self._project, steps)
        roomy = self._locked_again(self._tool.holding(project, self._base, tuple(map(self._held, steps))), self._base)
        again = self._locked_again(project, roomy) if isinstance(roomy, bytes) else roomy
        if isinstance(again, str):
            return self._failed(again, steps)
        changed = {self._project: project} if project != self._text else {}
        named = {(step.pin.package.name, step.version) for step in steps}
        self._answers[steps] = Resolved(
            files=tuple(sorted({**changed, self._lock: again}.items())),
            notes=(*notes, *self._format_notes(again)),
            released=tuple(
                (f"{name}=={version}", at) for (name, version), at in self._released.items() if (name, version) in named
            ),
        )
        return self._answers[steps]

    def _failed(self, said: str, steps: tuple[Step, ...]) -> Unsolvable:
        told = self._tool.unsolvable(said, aims_of(steps), self._locked, self._text)
        if told is not None:
            self._answers[steps] = told
            return told
        return Unsolvable(blocker=f"{self._program} ended with: {self._tool.reason(said)}")

    @cached_property
    def _program(self) -> Program | str:
        return python_program.found(self._tool.program, self._environ)

    @cached_property
    def _trouble(self) -> NotRun | None:
        """Why the program cannot lock this project again even as it is, or should not before its user did."""
        program, unusable = self._program, self._unusable
        if unusable is not None or isinstance(program, str):
            return NotRun(unusable or str(program))
        self._report(f"{program} locks a copy of {self._lock} in the sandbox: once as it is, twice for each step")
        again = self._locked_again(self._text, self._base)
        if isinstance(again, str):
            return NotRun(f"{program} ended with: {self._tool.reason(again)}")
        moved = _drift(self._components, self._components_of(again))
        if not moved:
            return None
        return NotRun(
            f"it does not fit its project, so that {program} moves {moved} even without a step",
            offer=f"look at what `{self._tool.command(program)}` changes, commit that, and fix it then",
        )

    @cached_property
    def _unusable(self) -> str | None:
        program = self._program
        if isinstance(program, str):
            return program
        if self._project not in self._copy.texts:
            return f"there is no {self._project}"
        return self._tool.refused(program) or (self._readable if isinstance(self._readable, str) else None)

    def _locked_again(self, project: bytes, lock: bytes) -> bytes | str:
        """The lock that the program makes of these two; what it said where it made none."""
        assert isinstance(self._program, Program)
        tree = self._place / "tree"
        for path, content in {**self._copy.texts, self._project: project, self._lock: lock}.items():
            if (
                path in (self._lock, self._project)
                or path.endswith(("/pyproject.toml", ".whl"))
                or path == "pyproject.toml"
            ):
                file = tree / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(self._tool.inert(content) if file.name == "pyproject.toml" else content)
        written = tree / self._lock
        said = self._box.run(
            self._tool.words(self._program),
            cwd=written.parent,
            hosts=self._hosts,
            environment={
                **self._tool.environment(self._place),
                "VIRTUAL_ENV": str(self._environment),
                "PATH": f"{self._environment / 'bin'}:/usr/local/bin:/usr/bin:/bin",
            },
        )
        if said is not None:
            return said
        return (
            written.read_bytes() if written.is_file() and not written.is_symlink() else f"no {written.name} was written"
        )

    @cached_property
    def _box(self) -> LockBox:
        assert isinstance(self._program, Program)
        assert isinstance(self._readable, tuple)
        return LockBox(self._program, place=self._place, readable=self._readable, environ=self._environ)

    @property
    def _environment(self) -> Path:
        return self._place / "environment"

    @cached_property
    def _readable(self) -> tuple[Path, ...] | str:
        """An environment with a Python of the project's, which these programs want to stand in; it stays empty."""
        wanted = interpreter_for(self._python) or ("--python", self._python)
        plain = ("--quiet", "--no-config", "--no-project", "--no-python-downloads")
        try:
            self._uv.call("venv", *plain, *wanted, str(self._environment), cwd=self._aside)
        except EngineError:
            allowed = lock_words.ordered(self._python)
            return f"{self._program} wants a Python that the project allows ({allowed}), and none is installed here"
        own = python_program.readable_of(self._environment / "bin" / Path(sys.executable).name)
        return tuple(path for path in own if path != self._environment)

    @cached_property
    def _aside(self) -> Path:
        """An empty folder, where uv finds no project."""
        made = self._place / "aside"
        made.mkdir(parents=True, exist_ok=True)
        return made

    @cached_property
    def _python(self) -> str:
        return self._tool.python(self._text, self._base)

    @cached_property
    def _components(self) -> tuple[Component, ...]:
        return self._components_of(self._base)

    def _components_of(self, lock: bytes) -> tuple[Component, ...]:
        texts = {self._lock: lock, self._project: self._text}
        return read((self._lock,), texts.get).components

    @cached_property
    def _locked(self) -> Mapping[str, str]:
        return _versions(self._components)

    @cached_property
    def _asked(self) -> tuple[Component, ...]:
        found = read_pyproject(self._project, self._text, Declared())
        return found.components if found is not None else ()

    @cached_property
    def _indexes(self) -> Mapping[str, str]:
        """Of each package that comes from an index of the project's own; as URLs without credentials."""
        origins = ((each.package.name, each.origin) for each in self._components)
        told = {name: key(origin.url) for name, origin in origins if isinstance(origin, OtherIndex)}
        return {name: url for name, url in told.items() if url.startswith(("http://", "https://"))}

    def _index_of(self, name: str) -> tuple[str, ...]:
        return ("--default-index", self._indexes[name]) if name in self._indexes else ()

    def _held(self, step: Step) -> Held:
        name = step.pin.package.name
        url = self._indexes.get(name)
        named = (each.name for each in self._tool.sources(self._text) if url is not None and key(each.url) == key(url))
        return Held(name=name, version=step.version, marker=step.pin.marker, source=next(named, ""))

    @cached_property
    def _hosts(self) -> tuple[str, ...]:
        """Of the program's own index, of those of the project, of what the lock names, and of the files in them."""
        assert isinstance(self._program, Program)
        texts = [self._tool.hosts(self._program), self._base.decode("utf-8", "replace")]
        texts += [each.url for each in self._tool.sources(self._text)]
        one_of_each = {self._indexes.get(each.package.name, ""): each for each in self._components}
        for url, each in list(one_of_each.items())[:ASKED_HOSTS]:
            texts.append(self._answered(each, url))
        return hosts_in(tuple(texts))

    def _answered(self, component: Component, url: str) -> str:
        index = ("--default-index", url) if url else ()
        line = f"{component.package.name}=={component.version}"
        try:
            answer, _ = self._uv.compile([line], cwd=self._aside, python="", options=("--no-deps", *index))
        except EngineError:
            return ""
        return answer.output.decode("utf-8", "replace")

    def _format_notes(self, lock: bytes) -> tuple[str, ...]:
        old, new = self._tool.format(self._base), self._tool.format(lock)
        return (f"{self._program} writes version {new} of the lock format; the file had {old}",) if old != new else ()


def _versions(components: tuple[Component, ...]) -> dict[str, str]:
    return {each.package.name: each.version for each in components if each.version is not None}


def _drift(before: tuple[Component, ...], after: tuple[Component, ...]) -> str:
    """The packages that are not in both with the same versions; empty where there are none."""
    old, new = ({(each.package.name, each.version) for each in components} for components in (before, after))
    names = sorted({name for name, _ in old ^ new})
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")


def _line(asked: Component) -> str:
    specifier = asked.specifier or (f"=={asked.version}" if asked.version else "")
    return f"{asked.package.name}{specifier}{marked(asked.marker)}"
