"""Fresh Python environments from a lock, through uv 0.11 and later; kept by the digest of all they were made from."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import msgspec
from msgspec import Struct

from outpace import sandbox
from outpace.engines import own_package
from outpace.engines.confined_build import ConfinedBuild, Indexes, hosts_in, indexes_in, needs_a_build
from outpace.engines.dependents import INFORMATION, dependents, distributions
from outpace.engines.inert_inputs import lay_out
from outpace.engines.manifest import is_whole, seal
from outpace.engines.python_by_install import recipe_for
from outpace.engines.python_recipe import Recipe
from outpace.engines.scratch import scratch
from outpace.model.application import Application
from outpace.model.errors import ToolFailed, ToolTimedOut
from outpace.model.fact import digest_of
from outpace.model.unknown import Unknown
from outpace.proving.ports import Built, Environment

ANY = "any"
FORMAT = 1  # raised when what is built from the same inputs changes
TIMEOUT = timedelta(minutes=15)
DESCRIBE = (
    "import sys, json; print(json.dumps([sys.executable, sys.base_prefix, sys.version, sys.implementation.name]))"
)
HALF = ".half-"
LARGEST_RECORD = 32 << 20
SINGLE_MODULES = 20  # of a distribution without a package
MODULE = re.compile(r"([A-Za-z_]\w*(?:/[A-Za-z_]\w*)*)(?:\.[\w-]+)?\.(?:py|so|pyd)")
PYTEST_ASIDE = "outpace-pytest"
UV_MARKS = re.compile(r"^[\s×╰─▶│├]+")
INHERITED = frozenset(
    {"PATH", "HOME", "LANG", "USER", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "SSL_CLIENT_CERT", "NETRC",
     "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy",
     "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_BIN_HOME", "PYENV_ROOT"}
)  # fmt: skip
# What would make uv work on another environment or project than the one that is being built.
OURS = frozenset(
    {"UV_PROJECT_ENVIRONMENT", "UV_PROJECT", "UV_WORKING_DIRECTORY", "UV_SYSTEM_PYTHON", "UV_TARGET", "UV_PREFIX",
     "UV_FROZEN", "UV_LOCKED", "UV_COMPILE_BYTECODE", "UV_NO_INSTALL_PROJECT", "UV_BREAK_SYSTEM_PACKAGES"}
)  # fmt: skip


class Interpreter(Struct, frozen=True, kw_only=True):
    path: str
    prefix: str
    version: str
    implementation: str


class Planned(Struct, frozen=True, kw_only=True):
    """`digest` is of everything that the environment is made from."""

    recipe: Recipe
    interpreter: Interpreter
    digest: str


class PythonEnvironments:
    """Implements `proving.ports.Environments`. No code of a package or a project runs while one is built."""

    def __init__(
        self,
        directory: Path,
        *,
        environ: Mapping[str, str],
        builds: ConfinedBuild | None = None,
        report: Callable[[str], None] = lambda _: None,
        recipes: Callable[[Path, Application, tuple[str, ...]], Recipe | Unknown] = recipe_for,
    ) -> None:
        self._directory = directory
        self._builds = builds
        self._recipes = recipes
        self._uv_environ = {
            name: value for name, value in environ.items() if name in INHERITED or name.startswith("UV_")
        }
        for name in OURS:
            self._uv_environ.pop(name, None)
        self._report = report

    def recipe(self, tree: Path, application: Application) -> Recipe | Unknown:
        return self._recipes(tree, application, ())

    def plan(self, tree: Path, application: Application, also: tuple[str, ...] = ()) -> Planned | Unknown:
        """What `build` would make, without making it."""
        recipe = self._recipes(tree, application, also)
        if isinstance(recipe, Unknown):
            return recipe
        interpreter = self._interpreter(tree, recipe, application.python)
        if isinstance(interpreter, Unknown):
            return interpreter
        digest = _digest(tree, recipe, interpreter, application)
        return Planned(recipe=recipe, interpreter=interpreter, digest=digest)

    def build(self, tree: Path, application: Application, also: tuple[str, ...] = ()) -> Environment:
        planned = self.plan(tree, application, also)
        if isinstance(planned, Unknown):
            return planned
        recipe, interpreter, digest = planned.recipe, planned.interpreter, planned.digest
        place = self._directory / digest
        with self._alone(digest):
            cached = is_whole(place)
            why = None if cached else self._make(tree, recipe, interpreter, application, place)
        if why is not None:
            return why
        return Built(
            path=str(place),
            digest=digest,
            python=interpreter.version.split()[0],
            readable=(interpreter.prefix,),
            roots=recipe.roots,
            caveats=(*_other_python(application.python, interpreter), *recipe.caveats),
            cached=cached,
        )

    def modules(self, built: Built, package: str) -> tuple[str, ...] | Unknown:
        """From the package's own RECORD: what can be imported by name, without what lies below it."""
        information = _information(built, package)
        return Unknown(f"{package} is not installed here") if information is None else top_level(information)

    def version(self, built: Built, package: str) -> str | None:
        """As the name of its metadata's directory has it."""
        information = _information(built, package)
        return None if information is None else information.name.removesuffix(INFORMATION).rpartition("-")[2]

    def dependents(self, built: Built, packages: frozenset[str]) -> tuple[str, ...]:
        """From what is installed there."""
        return dependents(Path(built.path), packages)

    def _interpreter(self, tree: Path, recipe: Recipe, wanted: tuple[str, ...]) -> Interpreter | Unknown:
        """The first that is wanted and here, found by uv as the user has set it up.

        Where none is wanted or `any` is, that which the project asks for (`requires-python`, `.python-version`).
        """
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        why = Unknown("no Python is wanted")
        for version in wanted or (ANY,):
            asked = [] if version == ANY else [version]
            try:
                with scratch("uv") as place:
                    where = lay_out(tree, recipe, place) if version == ANY else place
                    found = self._uv(["python", "find", "--system", "--no-python-downloads", *asked], cwd=where)
            except ToolFailed as error:
                named = f": uv python install {version}" if asked else " that the project accepts: uv python install"
                why = Unknown(_last(error), f"a Python{named}")
            else:
                return self._described(found)
        return why

    def _described(self, found: sandbox.Done) -> Interpreter:
        path = found.stdout.decode().strip()
        described = sandbox.run([path, "-I", "-S", "-c", DESCRIBE], timeout=timedelta(seconds=30))
        executable, prefix, version, implementation = msgspec.json.decode(
            described.stdout, type=tuple[str, str, str, str]
        )
        return Interpreter(path=executable, prefix=prefix, version=version, implementation=implementation)

    def _make(
        self, tree: Path, recipe: Recipe, interpreter: Interpreter, application: Application, place: Path
    ) -> Unknown | None:
        """Under a temporary name, and renamed when it is whole."""
        self._sweep()
        half = self._directory / f"{HALF}{os.getpid()}-{place.name[:16]}"
        self._report(f"building an environment with Python {interpreter.version.split()[0]}")
        try:
            self._uv(["venv", "--quiet", "--relocatable", "--no-project", "--python", interpreter.path, str(half)])
            self._install(tree, recipe, interpreter, application, half)
            for own in recipe.own:
                own_package.install(own, half)
            seal(half, place)
        except (ToolFailed, ToolTimedOut) as error:
            return Unknown(_last(error), error.hint or "see why with the same command in a clean checkout")
        except ValueError as error:
            return Unknown(f"a build left something odd: {error}", "wheels instead of source archives")
        finally:
            shutil.rmtree(half, ignore_errors=True)
        return None

    def _install(
        self, tree: Path, recipe: Recipe, interpreter: Interpreter, application: Application, half: Path
    ) -> None:
        python = ["--python", str(half / "bin" / "python")] if recipe.words[0] == "pip" else []
        for name, content in recipe.generated:
            (half / name).write_text(content)
        own = {name: str(half / name) for name, _ in recipe.generated}
        words = [*(own.get(word, word) for word in recipe.words), "--quiet", *python]
        with scratch("uv") as place:  # uv leaves a lock file for each environment in the temporary directory
            env = {"UV_PROJECT_ENVIRONMENT": str(half), "VIRTUAL_ENV": str(half), "UV_PYTHON": interpreter.path}
            env["TMPDIR"] = str(place)
            try:
                self._uv([*words, "--no-build"], cwd=lay_out(tree, recipe, place / "files"), env=env)
            except ToolFailed as error:
                if self._builds is None or not needs_a_build(error):
                    raise
                self._report("a source archive must be built: building in the sandbox")
                indexes = self._indexes(place / "files" / recipe.directory)
                self._build(self._builds, words, tree, recipe, interpreter, half, indexes)
            if "pytest" in application.test and not (half / "bin" / "pytest").exists():
                self._add_pytest(interpreter, half, place / "files" / recipe.directory, env)

    def _indexes(self, cwd: Path) -> Indexes:
        """A package that most builds need tells on which host the index keeps its files."""
        compile_ = ["pip", "compile", "-", "--no-deps", "--no-header", "--no-build", "--quiet"]
        lines = self._uv([*compile_, "--emit-index-url"], cwd=cwd)
        lock = self._uv([*compile_, "--format", "pylock.toml"], cwd=cwd, stdin=b"setuptools\n", accept=None)
        return indexes_in(lines.stdout.decode("utf-8", "replace"), lock.stdout.decode("utf-8", "replace"))

    def _build(
        self,
        builds: ConfinedBuild,
        words: list[str],
        tree: Path,
        recipe: Recipe,
        interpreter: Interpreter,
        half: Path,
        indexes: Indexes,
    ) -> None:
        builds.install(
            words,
            tree=tree,
            cwd=tree / recipe.directory,
            environment=half,
            readable=(interpreter.prefix,),
            hosts=hosts_in(tuple((tree / name).read_text("utf-8", "replace") for name in recipe.inputs)),
            indexes=indexes,
        )

    def _add_pytest(self, interpreter: Interpreter, half: Path, cwd: Path, env: Mapping[str, str]) -> None:
        """Beside the lock's own packages, which win. The environment's python is not asked: packages run code in it."""
        aside = half / PYTEST_ASIDE
        where = ["--python", interpreter.path, "--target", str(aside)]
        self._uv(["pip", "install", "--no-build", "--quiet", *where, "pytest"], cwd=cwd, env=env)
        own_package.add_path(half, aside)
        own_package.add_script(half, "pytest", module="pytest", attribute="console_main")

    def _uv(
        self,
        words: list[str],
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        stdin: bytes = b"",
        accept: tuple[int, ...] | None = (0,),
    ) -> sandbox.Done:
        environment = {**self._uv_environ, **(env or {}), "UV_NO_PROGRESS": "1"}
        where = cwd or self._directory
        return sandbox.run(["uv", *words], cwd=where, env=environment, stdin=stdin, timeout=TIMEOUT, accept=accept)

    @contextmanager
    def _alone(self, digest: str) -> Generator[None]:
        """Whoever comes second waits, and finds it built. A kill frees the lock."""
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            import fcntl
        except ImportError:  # elsewhere than on Unix two builders may do the same work
            yield
            return
        with (self._directory / f".lock-{digest[:2]}").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _sweep(self) -> None:
        """What a killed process left half built."""
        for half in self._directory.glob(f"{HALF}*"):
            pid = half.name.removeprefix(HALF).partition("-")[0]
            if pid.isdigit() and not Path(f"/proc/{pid}").exists():
                shutil.rmtree(half, ignore_errors=True)


def _other_python(wanted: tuple[str, ...], interpreter: Interpreter) -> tuple[str, ...]:
    named = [version for version in wanted if version != ANY]
    version = interpreter.version.split()[0]
    if not named or any(f"{version}.".startswith(f"{each}.") for each in named):
        return ()
    return (f"Python {', '.join(named)} is not on this machine: {version} instead",)


def _digest(tree: Path, recipe: Recipe, interpreter: Interpreter, application: Application) -> str:
    contents = [(name, hashlib.sha256((tree / name).read_bytes()).hexdigest()) for name in recipe.inputs]
    machine = (platform.machine(), platform.system(), *platform.libc_ver())
    wants_pytest = "pytest" in application.test
    made_of = (recipe.words, recipe.own, recipe.directory, recipe.generated)
    return digest_of(FORMAT, contents, made_of, interpreter, machine, wants_pytest)


def _information(built: Built, package: str) -> Path | None:
    return next((place for name, place in distributions(Path(built.path)) if name == package), None)


def top_level(information: Path) -> tuple[str, ...]:
    """`google.cloud.storage` of a package below a namespace; where it has no package at all, its single modules."""
    record = information / "RECORD"
    if record.is_symlink() or not record.is_file() or record.stat().st_size > LARGEST_RECORD:
        return ()
    names = (line.split(",")[0] for line in record.read_text("utf-8", "replace").splitlines())
    paths = [tuple(module[1].split("/")) for module in map(MODULE.fullmatch, names) if module]
    packages = {path[:-1] for path in paths if path[-1] == "__init__"}
    found: dict[str, None] = {}
    beside: dict[str, None] = {}
    for path in paths:
        around = next((path[:count] for count in range(1, len(path)) if path[:count] in packages), path)
        into = found if len(around) == 1 or around in packages else beside
        into[".".join(around)] = None
    return tuple(found) or tuple(beside)[:SINGLE_MODULES]


def _last(error: ToolFailed | ToolTimedOut) -> str:
    """uv's own words on one line: causes are indented below the first."""
    lines = [UV_MARKS.sub("", line) for line in error.message.splitlines()]
    return " ".join(" ".join(line.split()) for line in lines if line)[:600]
