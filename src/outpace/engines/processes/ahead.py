"""What a process was told that may lie ahead of its installed packages, or change where it looks."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from itertools import islice
from posixpath import basename, dirname, join, normpath

from msgspec import Struct

from outpace.delivery.evidence import BEGUN, RUNS_CODE, TOO_MUCH
from outpace.engines.processes import proc
from outpace.engines.processes.modules import module_in
from outpace.engines.processes.paths import CHANGES_PATH
from outpace.engines.processes.root import Root
from outpace.model.inventory import Unread
from outpace.model.unknown import Unknown

WITH_VALUE = frozenset("WX")
BY_COMMAND = "declare `observe` as a command"
CODE_CHANGES_PATH = re.compile(rf"{CHANGES_PATH.pattern}|chdir")
HANDS_ON = re.compile(r"multiprocess|billiard|loky")  # the standard library's workers, and copies of it
FILE_CHANGES_PATH = re.compile(r"sys\.path\b|pythonpath\b|addsitedir|meta_path|path_hooks")
MODULE = re.compile(r"[A-Za-z_]\w*(?:\.\w+)*")
PARTS = re.compile(r"[=,:\s\"']+")
WORDS_LIMIT = 2000
TEXT_LIMIT = 1 << 20
LOG = ".log"


class Flags(Struct, frozen=True, kw_only=True):
    """What the interpreter's own options say."""

    letters: str = ""
    script: str | None = None
    code: str = ""  # of -c
    module: str = ""  # of -m

    @property
    def program(self) -> str:
        """What servers call themselves where they name variables and files of their own."""
        return self.module.partition(".")[0] or basename(self.script or "").removesuffix(".py")


class Call(Struct, frozen=True, kw_only=True):
    """How a process was begun. `bases`: from where relative paths may have counted then."""

    root: Root
    pid: int
    argv: tuple[str, ...]
    flags: Flags
    variables: dict[str, str]
    bases: tuple[str, ...]


class Ahead(Struct, frozen=True, kw_only=True):
    """`script`: where Python itself looks first; empty where that cannot be told. `maybe`: where it may look even
    before that, as servers do that are told of a directory."""

    script: tuple[str, ...] = ()
    maybe: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()


def flags_of(arguments: tuple[str, ...]) -> Flags:
    """CPython's own options up to -c, -m or the script."""
    letters = ""
    rest = iter(arguments)
    for word in rest:
        if not word.startswith("-") or word == "-":
            return Flags(letters=letters, script=None if word == "-" else word)
        if word.startswith("--"):
            if word == "--check-hash-based-pycs":
                next(rest, None)
            continue
        for position, letter in enumerate(word[1:], start=1):
            letters += letter
            if letter in "cm":
                value = word[position + 1 :] or next(rest, "")
                return Flags(letters=letters, **{"code" if letter == "c" else "module": value})
            if letter in WITH_VALUE:
                if position == len(word) - 1:
                    next(rest, None)
                break
    return Flags(letters=letters)


def call_of(pid: int) -> Call:
    """Raises Gone."""
    root, argv = Root.of(pid), proc.command_line(pid)
    flags = flags_of(argv[1:])
    variables = proc.environment(pid, prefix=_prefix(flags))
    if set("EI") & set(flags.letters):
        variables = {name: value for name, value in variables.items() if not name.startswith("PYTHON")}
    cwd = proc.link(pid, "cwd").removesuffix(proc.DELETED)
    return Call(root=root, pid=pid, argv=argv, flags=flags, variables=variables, bases=_bases(root, cwd, variables))


def absolute(path: str, base: str) -> str:
    return normpath(join(base, path))


def ahead_of(call: Call) -> Ahead | Unknown:
    """Whatever the command line, the variables and the configuration of a program name that is there."""
    places = _script_places(call)
    if isinstance(places, Unknown):
        return places
    script = tuple(place if call.root.is_dir(place) else dirname(place) for place in places)
    unread: list[Unread] = []
    maybe: list[str] = list(script) if len(script) > 1 else []
    for one in _tellers(call, unread):
        maybe += (*one.bases, *_named(one, unread))
        unread += _code(one)
    safe = bool(set("IP") & set(call.flags.letters)) or bool(call.variables.get("PYTHONSAFEPATH"))
    certain = script if len(script) == 1 and not safe else ()
    return Ahead(script=certain, maybe=tuple(dict.fromkeys(maybe)), unread=tuple(dict.fromkeys(unread)))


def _bases(root: Root, cwd: str, variables: dict[str, str]) -> tuple[str, ...]:
    """Where relative paths began: it may have changed its directory since a shell started it."""
    before = variables.get("PWD", "")
    moved = before.startswith("/") and root.is_dir(before) and root.real(before) != root.real(cwd)
    return (cwd, before) if moved else (cwd,)


def _prefix(flags: Flags) -> str:
    """Of the variables that a program reads as options, as GUNICORN_CMD_ARGS and UVICORN_APP_DIR."""
    return re.sub(r"\W", "_", flags.program).upper() + "_" if flags.program else ""


def _script_places(call: Call) -> tuple[str, ...] | Unknown:
    """Where the script may lie, one for each place from where its name may count."""
    root, script = call.root, call.flags.script
    if script is None:
        return ()
    places = {root.real(place): place for base in call.bases if root.status(place := absolute(script, base))}
    if not places:
        return Unknown(f"its script {script} is not where its command line says", f"an absolute path, or {BY_COMMAND}")
    if any(root.is_file(place) and zipfile.is_zipfile(root.place(place)) for place in places.values()):
        return Unknown(f"it runs from the archive {basename(script)}", BY_COMMAND)
    return tuple(places.values())


def _tellers(call: Call, unread: list[Unread]) -> Iterator[Call]:
    """Itself, and what began it, where that hands on where it looks."""
    yield call
    seen = {call.pid}
    while HANDS_ON.search(call.flags.code or call.flags.module):
        entry = proc.entry(call.pid)
        above = _same_program(call.pid, entry.parent) if entry is not None and entry.parent not in seen else None
        if above is None:
            unread.append(Unread(file="its command line", why=BEGUN))
            return
        seen.add(above.pid)
        yield above
        call = above


def _same_program(pid: int, parent: int) -> Call | None:
    try:
        return call_of(parent) if proc.link(parent, "exe") == proc.link(pid, "exe") else None
    except proc.Gone:
        return None


def _named(call: Call, unread: list[Unread]) -> Iterator[str]:
    """The directories that its words name, or that hold what they name."""
    words = tuple(islice(_words(call), WORDS_LIMIT + 1))
    if len(words) > WORDS_LIMIT:
        unread.append(Unread(file="its command line", why=TOO_MUCH))
    for word in words:
        for base in call.bases:
            place = absolute(word, base)
            if call.root.is_dir(place):
                yield _out_of_packages(call.root, place)
            elif "/" in word and call.root.is_dir(dirname(place)):
                yield from (dirname(place), _out_of_packages(call.root, dirname(place)))


def _out_of_packages(root: Root, folder: str) -> str:
    """What is told as a package, as in `celery -A shop`, is looked for in the directory that holds it."""
    while folder != "/" and module_in(root.names, dirname(folder), basename(folder)).startswith(f"{folder}/"):
        folder = dirname(folder)
    return folder


def _words(call: Call) -> Iterator[str]:
    """Of the command line, and of the variables and dotenv files that are named after the program."""
    prefix = _prefix(call.flags)
    lines = [value for name, value in call.variables.items() if prefix and name.startswith(prefix)]
    lines += [value for base in call.bases for value in _dotenv(call, base, prefix)] if prefix else []
    code = call.flags.code
    for line in (*(one for one in call.argv[1:] if not code or one != code), *lines):
        yield line
        for part in PARTS.split(line):
            yield part
            if part.startswith("-") and not part.startswith("--"):
                yield part[2:]


def _dotenv(call: Call, base: str, prefix: str) -> Iterator[str]:
    """As click's programs load them: from the working directory upward."""
    folder = base
    while folder:
        for name in (".env", f".{call.flags.program}env"):
            for line in (call.root.text(f"{folder}/{name}", limit=TEXT_LIMIT) or "").splitlines():
                variable, equals, value = line.strip().removeprefix("export ").partition("=")
                if equals and variable.strip().startswith(prefix):
                    yield value.strip()
        folder = dirname(folder) if folder != "/" else ""


def _code(call: Call) -> Iterator[Unread]:
    """What changes where Python looks: the code of -c, and files that the command line names or that are named after
    the program, as gunicorn.conf.py."""
    if CODE_CHANGES_PATH.search(call.flags.code):
        yield Unread(file="its command line", why=RUNS_CODE)
    for path in dict.fromkeys(_files(call)):
        if not path.endswith(LOG) and FILE_CHANGES_PATH.search(call.root.text(path, limit=TEXT_LIMIT) or ""):
            yield Unread(file=path, why=RUNS_CODE)


def _files(call: Call) -> Iterator[str]:
    root = call.root
    words = [*islice(_words(call), WORDS_LIMIT), call.flags.module]
    for base in call.bases:
        if call.flags.program:
            start = f"{call.flags.program}."
            yield from (f"{base}/{name}" for name in root.names(base) if name.startswith(start))
        for word in words:
            place = absolute(word, base) if word else base
            if root.is_file(place):
                yield place
            elif word and root.is_file(f"{place}/__main__.py"):
                yield f"{place}/__main__.py"
            elif MODULE.fullmatch(word):
                folder, _, name = absolute(word.replace(".", "/"), base).rpartition("/")
                path = module_in(root.names, folder, name)
                yield from (path, f"{folder}/{name}/__main__.py") if path else ()
