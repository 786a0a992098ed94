"""From where a Python process would have loaded its packages, in the order in which it looks."""

from __future__ import annotations

import re
import zipfile
from pathlib import PurePosixPath
from posixpath import basename, dirname, join, normpath
from typing import TypeAlias

import msgspec
from msgspec import Struct

from outpace.delivery.evidence import ARCHIVE_FIRST, RUNS_CODE
from outpace.engines.processes import proc
from outpace.engines.processes.proc import Root
from outpace.model.inventory import Unread
from outpace.model.unknown import Unknown

PYTHON = re.compile(r"^(?:python|pypy)(?:(\d+)(?:\.(\d+))?)?(?:[a-z.-].*)?$")
LIBPYTHON = re.compile(r"/libpython(\d+\.\d+)[^/]*$")
LIBRARY = re.compile(r"^python(\d+\.\d+)t?$")
SITE = re.compile(r"^(.*/(?:site|dist)-packages)/")
ARCHIVES = (".pex", ".pyz", ".zip", ".egg", ".whl")
WITH_VALUE = frozenset("WX")
PTH_LIMIT = 200
ADDED = re.compile(r"""addsitedir\(\s*["']([^"']+)["']""")  # as `uv run --with` writes it
AT_START = ("sitecustomize.py", "usercustomize.py")
FOLDERS = frozenset({"--app-dir", "--pythonpath", "--chdir"})
BY_COMMAND = "declare `observe` as a command"
CHANGES_PATH = re.compile(r"sys\.path|\bsite\.|addsitedir|meta_path|\bexec\(|\bpath\.(?:insert|append|extend)")
RECORD_LIMIT = 1 << 23
HARMLESS = ("_virtualenv", "distutils-precedence", "__editable__", "a1_coverage")


class NotPython(Struct, frozen=True, tag=True):
    """What runs is another program."""

    name: str


class Search(Struct, frozen=True, kw_only=True):
    """`first` are directories whose modules hide those of `sites`: the script's, the working one, PYTHONPATH."""

    root: Root
    first: tuple[str, ...]
    sites: tuple[str, ...]
    replaced: tuple[str, ...] = ()  # files in its memory that are no longer those on disk
    held: frozenset[str] = frozenset()  # directories that it sits in or runs from: they were not swapped beneath it
    unread: tuple[Unread, ...] = ()


class Flags(Struct, frozen=True, kw_only=True):
    """What the interpreter's own options say."""

    letters: str = ""
    script: str | None = None
    code: str = ""  # of -c


def search_of(pid: int) -> Search | NotPython | Unknown:
    try:
        return _search(pid)
    except proc.Gone as gone:
        return Unknown(str(gone), "look again")


def _search(pid: int) -> Search | NotPython | Unknown:
    root = Root.of(pid)
    program = proc.link(pid, "exe").removesuffix(proc.DELETED)
    maps = proc.mapped(pid)
    library = next((found[1] for one in maps if (found := LIBPYTHON.search(one.path))), None)
    loaded = {found[1] for one in maps if (found := SITE.match(one.path))}
    named = PYTHON.match(basename(program))
    if named is None and library is None and not loaded:
        return NotPython(basename(program))
    argv = proc.command_line(pid)
    flags = flags_of(argv[1:])
    variables = proc.environment(pid)
    if set("EI") & set(flags.letters):
        variables = {name: value for name, value in variables.items() if not name.startswith("PYTHON")}
    bases = _bases(root, proc.link(pid, "cwd").removesuffix(proc.DELETED), variables)
    started_as = _started_as(root, program, argv, variables, bases)
    script = _script(root, flags.script, bases) if started_as is not None else ()
    if isinstance(script, Unknown):
        return script
    sites = _sites(root, started_as or program, program, variables, flags, library)
    strangers = {root.real(one) for one in loaded} - {root.real(one) for one in sites}
    if strangers and started_as is not None:
        return Unknown(f"it has loaded from {min(strangers)}, which its command line does not explain", BY_COMMAND)
    if started_as is None and len(loaded) == 1:
        sites = with_paths(root, tuple(loaded))[0]
    elif started_as is None and loaded != set(sites):
        return Unknown("its command line was rewritten, so its environment cannot be told", BY_COMMAND)
    if not sites:
        return Unknown("no site-packages was found for it", BY_COMMAND)
    beside = (*script, *bases, *_named_folders(argv, bases))
    found = _complete(root, flags, bases, variables, sites, beside)
    return msgspec.structs.replace(found, held=_held(pid), replaced=tuple(one.path for one in maps if one.deleted))


def _bases(root: Root, cwd: str, variables: dict[str, str]) -> tuple[str, ...]:
    """Where relative paths began: it may have changed its directory since a shell started it."""
    before = variables.get("PWD", "")
    moved = before.startswith("/") and root.is_dir(before) and root.real(before) != root.real(cwd)
    return (cwd, before) if moved else (cwd,)


def _script(root: Root, script: str | None, bases: tuple[str, ...]) -> tuple[str, ...] | Unknown:
    """The directories that Python puts first because of a script, one for each place where it may lie."""
    if script is None:
        return ()
    places = [place for base in bases if root.status(place := _absolute(script, base)) is not None]
    if not places:
        return Unknown(f"its script {script} is not where its command line says", f"an absolute path, or {BY_COMMAND}")
    if any(root.is_file(place) and zipfile.is_zipfile(root.place(place)) for place in places):
        return Unknown(f"it runs from the archive {basename(script)}", BY_COMMAND)
    return tuple(place if root.is_dir(place) else dirname(place) for place in places)


def _named_folders(argv: tuple[str, ...], bases: tuple[str, ...]) -> tuple[str, ...]:
    """What servers are told to look into first, as `uvicorn --app-dir` and `gunicorn --chdir`."""
    found: list[str] = []
    for word, after in zip(argv, (*argv[1:], ""), strict=True):
        option, equals, value = word.partition("=")
        if option in FOLDERS:
            found += (value if equals else after).split(",")
    return tuple(_absolute(one, base) for one in found if one for base in bases)


def _complete(
    root: Root,
    flags: Flags,
    bases: tuple[str, ...],
    variables: dict[str, str],
    sites: tuple[str, ...],
    beside: tuple[str, ...],
) -> Search:
    sites, unread = with_paths(root, sites)
    entries = [one for one in variables.get("PYTHONPATH", "").split(":") if one]
    path = tuple(dict.fromkeys(_absolute(one, base) for one in entries for base in bases))
    safe = bool(set("IP") & set(flags.letters)) or bool(variables.get("PYTHONSAFEPATH"))
    first = tuple(dict.fromkeys((*(() if safe else beside), *path)))
    archives = [Unread(file=one, why=ARCHIVE_FIRST) for one in path if root.is_file(one)]
    code = [Unread(file="its command line", why=RUNS_CODE)] if CHANGES_PATH.search(flags.code) else []
    everywhere = tuple(dict.fromkeys((*(one for one in path if root.is_dir(one)), *sites)))
    return Search(
        root=root,
        first=tuple(one for one in first if one not in sites),
        sites=everywhere,
        unread=(*unread, *archives, *code, *(each for one in path for each in _at_start(root, one))),
    )


def _held(pid: int) -> frozenset[str]:
    """The directories that it sits in or runs from, which the kernel names as they are called now. None of what is
    deleted: what bears its name now is another."""
    links = (proc.link(pid, "exe"), proc.link(pid, "cwd"))
    within = [
        f"{links[1]}/x" if number else link for number, link in enumerate(links) if not link.endswith(proc.DELETED)
    ]
    return frozenset(str(each) for path in within for each in PurePosixPath(path).parents[:-1])


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
                return Flags(letters=letters, code=word[position + 1 :] or next(rest, "") if letter == "c" else "")
            if letter in WITH_VALUE:
                if position == len(word) - 1:
                    next(rest, None)
                break
    return Flags(letters=letters)


def _absolute(path: str, cwd: str) -> str:
    return normpath(join(cwd, path))


def _started_as(
    root: Root, program: str, argv: tuple[str, ...], variables: dict[str, str], bases: tuple[str, ...]
) -> str | None:
    """The path that it was started under, which decides its virtual environment; None if that cannot be told."""
    if not argv:
        return None
    if "/" in argv[0]:
        candidates = tuple(_absolute(argv[0], base) for base in bases)
    else:
        folders = (*variables.get("PATH", "").split(":"),)
        candidates = tuple(f"{folder}/{argv[0]}" for folder in folders if folder.startswith("/"))
    wanted = root.real(program)
    return next((one for one in candidates if root.is_file(one) and root.real(one) == wanted), None)


def _sites(
    root: Root, started_as: str, program: str, variables: dict[str, str], flags: Flags, library: str | None
) -> tuple[str, ...]:
    """The site-packages directories that exist, in order."""
    if "S" in flags.letters:
        return ()
    settings = _virtual(root, started_as)
    real = dirname(dirname(root.real(program)))
    version = _version(program, library)
    if settings is None:
        home = variables.get("PYTHONHOME", "").partition(":")[0] or real
        return (*_user_site(root, variables, flags, home, version), *_installed(root, home, version))
    prefix, shared = settings
    own = _installed(root, prefix, version)
    return (
        (*own, *_user_site(root, variables, flags, real, version), *_installed(root, real, version)) if shared else own
    )


def _virtual(root: Root, started_as: str) -> tuple[str, bool] | None:
    """The prefix of a virtual environment, and whether it shares the system's packages."""
    folder = dirname(started_as)
    for prefix in (folder, dirname(folder)):
        text = root.text(f"{prefix}/pyvenv.cfg")
        if text is not None:
            lines = (line.partition("=") for line in text.splitlines())
            settings = {key.strip().lower(): value.strip().lower() for key, _, value in lines}
            return prefix, settings.get("include-system-site-packages") == "true"
    return None


def _version(program: str, library: str | None) -> str | None:
    named = PYTHON.match(basename(program))
    return f"{named[1]}.{named[2]}" if named and named[2] else library


def _installed(root: Root, prefix: str, version: str | None) -> tuple[str, ...]:
    libraries = [
        f"{prefix}/{folder}/{name}"
        for folder in ("lib", "lib64", "local/lib")
        for name in root.names(f"{prefix}/{folder}")
        if (found := LIBRARY.match(name)) and version in (None, found[1])
    ]
    places = [f"{one}/{kind}" for one in libraries for kind in ("site-packages", "dist-packages")]
    places.append(f"{prefix}/lib/python3/dist-packages")
    return _distinct(root, tuple(one for one in places if root.is_dir(one)))


def _user_site(
    root: Root, variables: dict[str, str], flags: Flags, prefix: str, version: str | None
) -> tuple[str, ...]:
    home = variables.get("HOME")
    if not home or variables.get("PYTHONNOUSERSITE") or set("sI") & set(flags.letters):
        return ()
    versions = (
        [version] if version else [found[1] for name in root.names(f"{prefix}/lib") if (found := LIBRARY.match(name))]
    )
    places = tuple(f"{home}/.local/lib/python{one}/site-packages" for one in versions)
    return tuple(one for one in places if root.is_dir(one))


def with_paths(root: Root, sites: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[Unread, ...]]:
    """Adds the directories that `.pth` files name. Code that runs at the start is told, unless it leaves the path."""
    found: list[str] = []
    unread: list[Unread] = []
    for site in sites:
        found.append(site)
        names = root.names(site)
        for name in [one for one in names if one.endswith(".pth")][:PTH_LIMIT]:
            for number, line in enumerate((root.text(f"{site}/{name}") or "").splitlines(), start=1):
                code = line.startswith(("import ", "import\t"))
                added = ADDED.search(line) if code else None
                path = _absolute(added[1] if added else line.strip(), site)
                if (added or not code) and line.strip() and not line.startswith("#") and root.is_dir(path):
                    found.append(path)
                elif code and not added and not _leaves_the_path(root, site, name, line):
                    unread.append(Unread(file=f"{site}/{name}", line=number, why=RUNS_CODE))
                elif not code and path.endswith(ARCHIVES) and root.is_file(path):
                    unread.append(Unread(file=path, why="an archive on the path, which is not read"))
        unread.extend(_at_start(root, site))
    return _distinct(root, tuple(found)), tuple(unread)


def _at_start(root: Root, folder: str) -> tuple[Unread, ...]:
    """Modules that Python imports by itself before all others."""
    return tuple(
        Unread(file=f"{folder}/{name}", why=RUNS_CODE)
        for name in AT_START
        if root.is_file(f"{folder}/{name}")
        and not _leaves_the_path(root, folder, name, root.text(f"{folder}/{name}") or "")
    )


def _leaves_the_path(root: Root, site: str, name: str, code: str) -> bool:
    """Whether code that runs at the start is a known installer's, or a distribution's that does not name the path."""
    if name.startswith(HARMLESS):
        return True
    return not CHANGES_PATH.search(code) and _belongs(root, site, name)


def _belongs(root: Root, site: str, name: str) -> bool:
    """Whether a distribution lists the file as its own."""
    records = (f"{site}/{one}/RECORD" for one in root.names(site) if one.endswith(".dist-info"))
    return any(f"\n{name}," in f"\n{root.text(record, limit=RECORD_LIMIT) or ''}" for record in records)


def _distinct(root: Root, places: tuple[str, ...]) -> tuple[str, ...]:
    """`lib64` is often a link to `lib`."""
    seen: dict[str, str] = {}
    for place in places:
        seen.setdefault(root.real(place), place)
    return tuple(seen.values())


Found: TypeAlias = Search | NotPython | Unknown
