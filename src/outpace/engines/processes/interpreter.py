"""From where a Python process would have loaded its packages, in the order in which it looks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from posixpath import basename, dirname

import msgspec
from msgspec import Struct

from outpace.delivery.evidence import ARCHIVE_FIRST, LOST
from outpace.engines.processes import proc
from outpace.engines.processes.ahead import BY_COMMAND, Ahead, Call, absolute, ahead_of, call_of
from outpace.engines.processes.modules import module_in
from outpace.engines.processes.paths import at_start_of, with_paths
from outpace.engines.processes.root import Root, distinct
from outpace.model.inventory import Unread
from outpace.model.unknown import Unknown

PYTHON = re.compile(r"^(?:python|pypy)(?:(\d+)(?:\.(\d+))?)?(?:[a-z.-].*)?$")
LIBPYTHON = re.compile(r"/libpython(\d+\.\d+)[^/]*$")
LIBRARY = re.compile(r"^python(\d+\.\d+)t?$")
FINDER = re.compile(r"editable.*\.py$")
SITE = re.compile(r"^(.*/(?:site|dist)-packages)/")


class NotPython(Struct, frozen=True, tag=True):
    """What runs is another program."""

    name: str


class Search(Struct, frozen=True, kw_only=True):
    """`path`: the directories in which Python looks, in order; `sites` are those of them where packages are installed.
    `maybe`: where it may look even before that."""

    root: Root
    maybe: tuple[str, ...]
    path: tuple[str, ...]
    sites: tuple[str, ...]
    replaced: tuple[str, ...] = ()  # files in its memory that are no longer those on disk
    held: frozenset[str] = frozenset()  # directories that it sits in or runs from: they were not swapped beneath it
    unread: tuple[Unread, ...] = ()


def search_of(pid: int) -> Search | NotPython | Unknown:
    try:
        return _search(pid)
    except proc.Gone as gone:
        return Unknown(str(gone), "look again")


def _search(pid: int) -> Search | NotPython | Unknown:
    program = proc.link(pid, "exe").removesuffix(proc.DELETED)
    maps = proc.mapped(pid)
    library = next((found[1] for one in maps if (found := LIBPYTHON.search(one.path))), None)
    loaded = {found[1] for one in maps if (found := SITE.match(one.path))}
    if PYTHON.match(basename(program)) is None:
        holds = f"{basename(program)} holds a Python within it and decides itself where that looks"
        return Unknown(holds, BY_COMMAND) if library or loaded else NotPython(basename(program))
    call = call_of(pid)
    started_as = _started_as(program, call)
    if started_as is None:
        return Unknown("its command line was rewritten, so that nobody can tell where it looks first", BY_COMMAND)
    ahead = ahead_of(call)
    if isinstance(ahead, Unknown):
        return ahead
    sites, unread = with_paths(call.root, _sites(started_as, program, call, library))
    found = _complete(call, ahead, sites)
    return _unless_elsewhere(call, found, loaded, program) or msgspec.structs.replace(
        found,
        held=_held(pid),
        unread=(*found.unread, *unread),
        replaced=tuple(one.path for one in maps if one.deleted),
    )


def _unless_elsewhere(call: Call, search: Search, loaded: set[str], program: str) -> Unknown | None:
    """None where what it runs is explained by where it would look."""
    if not search.sites:
        return Unknown("no site-packages was found for it", BY_COMMAND)
    explained = {call.root.real(one) for one in (*search.maybe, *search.path)}
    strangers = {call.root.real(one) for one in loaded} - explained
    if strangers:
        return Unknown(f"it has loaded from {min(strangers)}, which its command line does not explain", BY_COMMAND)
    if not _finds_module(call, search, program):
        where = f"an absolute path, or {BY_COMMAND}"
        return Unknown(f"its module {call.flags.module} is not where its command line says", where)
    return None


def _complete(call: Call, ahead: Ahead, sites: tuple[str, ...]) -> Search:
    root, bases = call.root, call.bases
    listed = call.variables.get("PYTHONPATH", "")
    entries = dict.fromkeys(listed.split(":")) if listed else {}
    places = {entry: tuple(dict.fromkeys(absolute(entry, base) for base in bases)) for entry in entries}
    folders = [one for found in places.values() for one in found if root.is_dir(one)]
    unsure = [one for found in places.values() for one in found if len(found) > 1]
    own = {root.real(one) for one in ahead.script}
    return Search(
        root=root,
        maybe=tuple(one for one in distinct(root, (*ahead.maybe, *unsure)) if root.real(one) not in own),
        path=distinct(root, (*ahead.script, *(one for one in folders if one not in unsure), *sites)),
        sites=sites,
        unread=(*ahead.unread, *_untold(root, places)),
    )


def _untold(root: Root, places: Mapping[str, tuple[str, ...]]) -> Iterator[Unread]:
    """What of PYTHONPATH is not read, or not known."""
    for entry, found in places.items():
        if not entry.startswith("/") and not any(root.status(one) for one in found):
            yield Unread(file=f"{entry} on PYTHONPATH", why=LOST)
        yield from (Unread(file=one, why=ARCHIVE_FIRST) for one in found if root.is_file(one))
        yield from (each for one in found for each in at_start_of(root, one))


def _finds_module(call: Call, search: Search, program: str) -> bool:
    """Whether what `-m` names is there, as far as that can be told by its directory or by a finder of an editable
    installation."""
    root, top = call.root, call.flags.module.partition(".")[0]
    if not top:
        return True
    homes = (dirname(dirname(root.real(program))), call.variables.get("PYTHONHOME", "").partition(":")[0])
    libraries = (one for home in homes if home for one in _libraries(root, home, None))
    places = (*call.bases, *search.maybe, *search.path, *libraries)
    if any(module_in(root.names, one, top) or root.is_dir(f"{one}/{top}") for one in places):
        return True
    finders = (f"{site}/{one}" for site in search.sites for one in root.names(site) if FINDER.search(one))
    return any(re.search(rf"""["']{re.escape(top)}["']""", root.text(one) or "") for one in finders)


def _held(pid: int) -> frozenset[str]:
    """The directories that it sits in or runs from, which the kernel names as they are called now. None of what is
    deleted: what bears its name now is another."""
    links = (proc.link(pid, "exe"), proc.link(pid, "cwd"))
    within = [
        f"{links[1]}/x" if number else link for number, link in enumerate(links) if not link.endswith(proc.DELETED)
    ]
    return frozenset(str(each) for path in within for each in PurePosixPath(path).parents[:-1])


def _started_as(program: str, call: Call) -> str | None:
    """The path that it was started under, which decides its virtual environment; None if that cannot be told."""
    if not call.argv:
        return None
    if "/" in call.argv[0]:
        candidates = tuple(absolute(call.argv[0], base) for base in call.bases)
    else:
        folders = call.variables.get("PATH", "").split(":")
        candidates = tuple(f"{folder}/{call.argv[0]}" for folder in folders if folder.startswith("/"))
    root = call.root
    wanted = root.real(program)
    return next((one for one in candidates if root.is_file(one) and root.real(one) == wanted), None)


def _sites(started_as: str, program: str, call: Call, library: str | None) -> tuple[str, ...]:
    """The site-packages directories that exist, in order."""
    if "S" in call.flags.letters:
        return ()
    root = call.root
    settings = _virtual(root, started_as)
    real = dirname(dirname(root.real(program)))
    version = _version(program, library)
    if settings is None:
        home = call.variables.get("PYTHONHOME", "").partition(":")[0] or real
        return (*_user_site(call, home, version), *_installed(root, home, version))
    prefix, shared = settings
    own = _installed(root, prefix, version)
    return (*own, *_user_site(call, real, version), *_installed(root, real, version)) if shared else own


def _virtual(root: Root, started_as: str) -> tuple[str, bool] | None:
    """The prefix of a virtual environment, and whether it shares the system's packages."""
    folder = dirname(started_as)
    for prefix in (folder, dirname(folder)):
        text = root.text(f"{prefix}/pyvenv.cfg")
        if text is not None:
            lines = (line.partition("=") for line in text.splitlines())
            settings = {key.strip().lower(): value.strip().lower() for key, _, value in lines}
            return prefix, settings.get("include-system-site-packages", "true") == "true"
    return None


def _version(program: str, library: str | None) -> str | None:
    named = PYTHON.match(basename(program))
    return f"{named[1]}.{named[2]}" if named and named[2] else library


def _libraries(root: Root, prefix: str, version: str | None) -> tuple[str, ...]:
    return tuple(
        f"{prefix}/{folder}/{name}"
        for folder in ("lib", "lib64", "local/lib")
        for name in root.names(f"{prefix}/{folder}")
        if (found := LIBRARY.match(name)) and version in (None, found[1])
    )


def _installed(root: Root, prefix: str, version: str | None) -> tuple[str, ...]:
    libraries = _libraries(root, prefix, version)
    places = [f"{one}/{kind}" for one in libraries for kind in ("site-packages", "dist-packages")]
    places.append(f"{prefix}/lib/python3/dist-packages")
    return distinct(root, tuple(one for one in places if root.is_dir(one)))


def _user_site(call: Call, prefix: str, version: str | None) -> tuple[str, ...]:
    root, variables = call.root, call.variables
    if variables.get("PYTHONNOUSERSITE") or set("sI") & set(call.flags.letters):
        return ()
    home = variables.get("HOME") or _home(call)
    base = variables.get("PYTHONUSERBASE") or (f"{home}/.local" if home else "")
    names = root.names(f"{prefix}/lib")
    versions = [version] if version else [found[1] for name in names if (found := LIBRARY.match(name))]
    places = tuple(absolute(f"{base}/lib/python{one}/site-packages", call.bases[0]) for one in versions if base)
    return tuple(one for one in places if root.is_dir(one))


def _home(call: Call) -> str:
    """As the user database has it."""
    lines = (line.split(":") for line in (call.root.text("/etc/passwd") or "").splitlines())
    owner = str(proc.owner(call.pid))
    return next((fields[5] for fields in lines if len(fields) > 6 and fields[2] == owner), "")
