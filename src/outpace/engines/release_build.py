"""Releases from revisions: the build command runs in the sandbox and yields a tree; the lock yields an environment."""

from __future__ import annotations

import hashlib
import os
import platform
import posixpath
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from outpace import sandbox
from outpace.delivery.releases.manifest import FORMAT, Interpreter, Layers, Manifest, listing_digest
from outpace.ecosystems.read import is_read, read
from outpace.engines import release_files as files
from outpace.engines.git import Repository
from outpace.engines.installed import inventory_of
from outpace.engines.python_environment import Planned, PythonEnvironments
from outpace.engines.python_recipe import Recipe
from outpace.engines.release_environment import ReleaseEnvironments
from outpace.engines.release_store import APPLICATION, ENVIRONMENT, ReleaseStore, Stored
from outpace.engines.scratch import scratch_named
from outpace.model.application import Application
from outpace.model.edge import Build, Edge
from outpace.model.errors import BadConfiguration, BadInput, ToolFailed, ToolTimedOut
from outpace.model.fact import digest_of
from outpace.model.inventory import Inventory
from outpace.model.unknown import Unknown

GIB = 1 << 30
SECONDS = 900.0
SAID = 2000
Bill = Callable[[Inventory, str, str, datetime], bytes]
"""An inventory, an application's name, its revision and when that was made, as a bill of materials."""


class Layer(Struct, frozen=True, kw_only=True):
    """The packages of a release: where they lie, and what of the revision says which they are."""

    digest: str
    lock: str
    interpreter: Interpreter
    place: Path
    readable: tuple[str, ...]
    roots: tuple[str, ...]


class Chosen(Struct, frozen=True, kw_only=True):
    """Which packages and which Python a lock came to on this host; `signature` is of the interpreter's file."""

    layer: str
    python: str
    prefix: str
    signature: tuple[int, int]


class ReleaseBuild:
    """Of one repository into one store. The same inputs give the release that is stored."""

    def __init__(
        self,
        store: ReleaseStore,
        repository: Repository,
        environments: PythonEnvironments,
        *,
        bill: Bill,
        tier: sandbox.Tier,
        unsafe_allow_none: bool = False,
        report: Callable[[str], None] = lambda _event: None,
    ) -> None:
        self._store = store
        self._repository = repository
        self._environments = environments
        self._layers = ReleaseEnvironments(store, tier=tier, unsafe_allow_none=unsafe_allow_none)
        self._bill = bill
        self._tier = tier
        self._unsafe_allow_none = unsafe_allow_none
        self._report = report

    def build(self, application: Application, revision: str, *, anew: bool = False) -> Stored:
        """`revision` is a commit's full id; `anew` makes what is stored again, and replaces what was changed of it."""
        inputs = _inputs(application, revision)
        stored = None if anew else self._given_out(inputs)
        if stored is None:
            with self._store.alone("release", inputs):
                stored = None if anew else self._given_out(inputs)
                stored = stored or self._make(application, revision, inputs, anew=anew)
        return stored

    def _given_out(self, inputs: str) -> Stored | None:
        """Looked for again once it may not be collected: it may just have been."""
        stored = self._store.made_of(inputs)
        if stored is None:
            return None
        self._store.used(stored.digest, stored.manifest.layers.dependencies)
        return self._store.made_of(inputs)

    def _make(self, application: Application, revision: str, inputs: str, *, anew: bool) -> Stored:
        build = _edge(application).build
        with (
            scratch_named(f"build-{inputs[:16]}") as fixed,
            self._repository.worktree(revision) as copy,
            self._store.building("release") as place,
        ):
            tree = copy.rename(fixed / "tree")
            layer = self._layer(tree, application, anew=anew) if build.environment == "locked" else None
            at = self._repository.commit_time(revision)
            if build.command:
                self._run(build, tree, application, layer, at)
            half = place / "half"
            top = _top(tree, application, build)
            found = files.copied(top, half / APPLICATION, timestamp=int(at.timestamp()), move=True)
            if not found:
                raise BadInput(
                    f"the tree of {application.name} holds no file",
                    hint="mend `tree` in [applications.edge.build], or what its `command` writes",
                )
            inventory = self._bill(self._inventory(application, revision, layer), application.name, revision, at)
            manifest = Manifest(
                application=application.name,
                revision=revision,
                lock=layer.lock if layer else "",
                environment=build.environment,
                interpreter=layer.interpreter if layer else None,
                run=application.run,
                ready=application.ready,
                workers=_edge(application).workers,
                directory=_directory(tree, application, top),
                roots=_roots(tree, top, layer.roots if layer else (), build),
                inventory=hashlib.sha256(inventory).hexdigest(),
                layers=Layers(application=listing_digest(found), dependencies=layer.digest if layer else ""),
                files=found,
            )
            stored = self._store.add(half, manifest, inventory, inputs)
            self._store.used(stored.digest)
            return stored

    # the environment

    def _layer(self, tree: Path, application: Application, *, anew: bool) -> Layer:
        bare = replace(application, test=(), install=())
        recipe = self._environments.recipe(tree, bare)
        if isinstance(recipe, Unknown):
            raise _no_environment(application, recipe)
        for caveat in recipe.caveats:
            self._report(caveat)
        lock = _lock(tree, recipe)
        key = digest_of(FORMAT, lock, recipe.words, recipe.own, recipe.directory, recipe.generated, bare.python)
        with self._store.alone("layer", key):
            chosen = None if anew else self._chosen(key)
            if chosen is None:
                chosen = self._choose(tree, bare, anew=anew)
                self._store.note("chosen", key, msgspec.json.encode(chosen))
        return Layer(
            digest=chosen.layer,
            lock=lock,
            interpreter=self._store.read_layer(chosen.layer).interpreter,
            place=self._store.layers / chosen.layer / ENVIRONMENT,
            readable=(chosen.prefix,),
            roots=recipe.roots,
        )

    def _chosen(self, key: str) -> Chosen | None:
        """What was made of it before, as long as that Python and those packages are what they were."""
        try:
            chosen = msgspec.json.decode(self._store.noted("chosen", key), type=Chosen)
        except msgspec.DecodeError:
            return None
        self._store.used(chosen.layer)
        return chosen if self._store.has_layer(chosen.layer) and chosen.signature == _signature(chosen.python) else None

    def _choose(self, tree: Path, application: Application, *, anew: bool) -> Chosen:
        planned = self._environments.plan(tree, application)
        if isinstance(planned, Unknown):
            raise _no_environment(application, planned)
        digest = None if anew else self._store.layer_of(planned.digest)
        if digest is not None:
            self._store.used(digest)
            digest = self._store.layer_of(planned.digest)  # it may have been collected just before
        if digest is None:
            digest = self._new_layer(tree, application, planned)
            self._store.used(digest)
        python = planned.interpreter
        return Chosen(layer=digest, python=python.path, prefix=python.prefix, signature=_signature(python.path))

    def _new_layer(self, tree: Path, application: Application, planned: Planned) -> str:
        built = self._environments.build(tree, application)
        if isinstance(built, Unknown):
            raise _no_environment(application, built)
        self._report("copying the environment, checking and compiling it")
        return self._layers.layer(built, (name for name, _ in planned.recipe.generated), planned.digest)

    # the build command

    def _run(self, build: Build, tree: Path, application: Application, layer: Layer | None, at: datetime) -> None:
        """In a copy of the revision that nobody else has; nothing of ours and nothing of the user's comes along."""
        cwd = tree / application.path
        files.evened(tree, int(at.timestamp()))
        environment = tree.with_name(ENVIRONMENT)  # the packages, at a path that does not tell where the store lies
        if layer is not None:
            environment.symlink_to(layer.place)
        self._report(f"building {application.name}: {build.command[0]}")
        box = sandbox.Box(
            readable=(environment, *(Path(path) for path in layer.readable)) if layer else (),
            writable=(tree,),
            network=sandbox.Egress(build.egress) if build.egress else sandbox.NoNetwork(),
            memory=4 * GIB,
            processes=512,
            disk=4 * GIB,
            seconds=SECONDS,
            env=tuple(sorted(_build_environment(environment if layer else None, at).items())),
        )
        words = _own_program(build.command, environment)
        confined = sandbox.confine(words, box=box, cwd=cwd, tier=self._tier, unsafe_allow_none=self._unsafe_allow_none)
        if confined.exceeded == "time":
            raise ToolTimedOut(f"the build did not end in {SECONDS:g} s", hint="build it by hand to see why")
        done = confined.done
        if confined.exceeded or done.returncode:
            said = sandbox.mask((done.stderr or done.stdout).decode("utf-8", "replace").strip())[-SAID:]
            ended = f"used too much: {confined.exceeded}" if confined.exceeded else _ended(done.returncode)
            raise ToolFailed(
                f"the build of {application.name} {ended}{f': {said}' if said else ''}",
                hint="it runs without a network beyond `egress`; run its command by hand in a fresh clone",
                returncode=done.returncode,
                output=said,
            )

    def _inventory(self, application: Application, revision: str, layer: Layer | None) -> Inventory:
        """What is installed; where nothing is, what the application's own locks say."""
        if layer is not None:
            return replace(inventory_of(layer.place), source=f"lock {layer.lock}", files=())
        prefix = "" if application.path == "." else f"{application.path.rstrip('/')}/"
        paths = [path for path in self._repository.paths(revision) if path.startswith(prefix) and is_read(path)]
        return read(list(application.locks) or paths, lambda path: self._repository.read(revision, path))


def _lock(tree: Path, recipe: Recipe) -> str:
    return digest_of([(name, hashlib.sha256((tree / name).read_bytes()).hexdigest()) for name in recipe.inputs])


def _signature(python: str) -> tuple[int, int]:
    try:
        told = Path(python).stat()
    except OSError:
        return (0, 0)
    return (told.st_size, told.st_mtime_ns)


def _edge(application: Application) -> Edge:
    if application.edge is None:
        raise BadConfiguration(
            f"{application.name} has no [applications.edge]", hint="docs/releases.md says what a release is built from"
        )
    return application.edge


def _inputs(application: Application, revision: str) -> str:
    edge = _edge(application)
    told = (application.name, application.path, application.locks, application.python, application.run)
    machine = (platform.machine(), platform.system(), *platform.libc_ver())
    return digest_of(FORMAT, revision, told, application.ready, edge.build, edge.workers, machine)


def _no_environment(application: Application, why: Unknown) -> BadInput:
    settle = why.would_settle or 'or environment = "none" in [applications.edge.build]'
    return BadInput(f"no environment for {application.name}: {why.why}", hint=settle)


def _ended(status: int) -> str:
    return f"was ended by signal {-status}" if status < 0 else f"ended with {status}"


def _build_environment(environment: Path | None, at: datetime) -> Mapping[str, str]:
    """The same for everybody who builds the revision."""
    path = "/usr/local/bin:/usr/bin:/bin"
    told = {
        "PATH": path,
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "SOURCE_DATE_EPOCH": str(int(at.timestamp())),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    if environment is not None:
        told |= {"PATH": f"{environment}/bin{os.pathsep}{path}", "VIRTUAL_ENV": str(environment)}
    return told


def _own_program(words: tuple[str, ...], environment: Path) -> tuple[str, ...]:
    own = environment / "bin" / words[0]
    return (str(own), *words[1:]) if "/" not in words[0] and own.exists() else words


def _top(tree: Path, application: Application, build: Build) -> Path:
    """Where the application lies once it is built: in the copy, whatever links the build has made."""
    name = posixpath.normpath(posixpath.join(application.path, build.tree))
    top = tree / name
    inside = not name.startswith("..") and top.resolve().is_relative_to(tree.resolve())
    if not inside or not top.is_dir():
        why = "is no directory of the build" if inside else "leads out of the repository"
        raise BadInput(f"`tree` of {application.name}, {build.tree}, {why}", hint="mend [applications.edge.build]")
    return top.resolve()


def _directory(tree: Path, application: Application, top: Path) -> str:
    """The application's own, where the tree holds it; else the tree's top."""
    own = (tree / application.path).resolve()
    return own.relative_to(top).as_posix() if own.is_relative_to(top) and own.is_dir() else "."


def _roots(tree: Path, top: Path, roots: tuple[str, ...], build: Build) -> tuple[str, ...]:
    """Where Python finds the application's own modules. A build that yields another tree has put them there. Raises
    BadConfiguration where they are left out."""
    if posixpath.normpath(build.tree) not in (".", "..") and not build.tree.startswith("../"):
        return tuple(name for name in ("src", ".") if (top / name).is_dir()) if roots else ()
    found: list[str] = []
    for root in roots:
        place = (tree / root).resolve()
        if place.is_relative_to(top):
            found.append(place.relative_to(top).as_posix())
        elif not top.is_relative_to(place) and any(place.rglob("*.py")):
            raise BadConfiguration(
                f"its own modules in {root} lie outside of `tree`",
                hint="name a `tree` in [applications.edge.build] that holds them, such as ../..",
            )
    return tuple(dict.fromkeys(found))
