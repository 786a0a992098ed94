"""Where Make, just, tox, nox, project managers and scripts of the tree lead, one step at a time."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterable, Iterator

from msgspec import structs

from outpace.pipelines.events import Calls, Installs, LookUp, Lost, Runs, Unreadable, text_at
from outpace.pipelines.makefiles import JUSTFILES, MAKEFILES, Rules, Target, just_rules, make_rules
from outpace.pipelines.nox import FILE as NOXFILE
from outpace.pipelines.nox import sessions
from outpace.pipelines.place import Argv, Found, Place, Text, fixed, in_file
from outpace.pipelines.shell import ASSIGNED, is_open
from outpace.pipelines.tasks import hatch_environment, task_lines
from outpace.pipelines.tox import listed_environments, tox_environment

Words = tuple[str, ...]
DEEPEST = 8
RUNNERS = ("poetry", "pipenv", "pdm", "uv", "rye", "hatch")
UV_TAKES = ("--with", "--group", "--extra", "--python", "-p", "--directory", "--package", "--env-file", "--only-group")
SHELL = re.compile(r"#!.*\b(?:ba|da|z|k|a)?sh\b")
WRAPPERS = ("mvnw", "gradlew")  # scripts that fetch and start what they are called after
LANGUAGES = {".py": "python", ".js": "node", ".mjs": "node", ".ts": "node", ".rb": "ruby", ".pl": "perl", ".php": "php"}
INCLUDED = re.compile(r"^-?s?include\s+(?P<names>[^\n#]+)", re.MULTILINE)
MOST_INCLUDED = 10
# Programs that set something up, fetched and run: what they do is known.
INSTALLERS = re.compile(
    r"://(?:[\w.-]*\.)?(?:codecov\.io|sh\.rustup\.rs|rustup\.rs|python-poetry\.org|astral\.sh|deb\.nodesource\.com|get\.docker\.com"
    r"|get\.k3s\.io|get\.helm\.sh|cli\.github\.com|pyenv\.run|fnm\.vercel\.app|get\.volta\.sh|deno\.land|bun\.sh|nixos\.org"
    r"|packagecloud\.io|bootstrap\.pypa\.io|pdm-project\.org|fly\.io|coveralls\.io|get\.pnpm\.io|sentry\.io|just\.systems)(?:/|$)"
    r"|://raw\.githubusercontent\.com/[^\s]*install[\w-]*\.(?:sh|py)"
)


class Leads:
    """Reads one repository; `of` tells None of a command that is none of these programs."""

    def __init__(self, look_up: LookUp, *, every: bool = False) -> None:
        self._look_up = look_up
        self._every = every  # of tox all environments, where nobody says which

    def of(self, words: Words, place: Place, line: int) -> Iterable[Found] | None:
        match words:
            case ("make" | "gmake", *rest):
                return self._make(tuple(rest), place, line)
            case ("just", *rest):
                return self._just(tuple(rest), place, line)
            case ("tox", *rest) | (_, "-m", "tox", *rest):
                return self._tox(tuple(rest), place, line)
            case ("nox", *rest) | (_, "-m", "nox", *rest):
                return self._nox(tuple(rest), place, line)
            case ("hatch", "run" | "test", *_):
                return self._hatch(words[1:], place, line)
            case _:
                return self._of_others(words, place, line)

    def _of_others(self, words: Words, place: Place, line: int) -> Iterable[Found] | None:
        match words:
            case (manager, "run", *rest) if manager in RUNNERS:
                return self._run_of(manager, _after(tuple(rest)), place, line)
            case ("uvx", *rest):
                return self._run_of("uvx", _after(tuple(rest)), place, line)
            case ("poe" | "task" | "pdm", name, *rest):
                return tuple(self._task(words[0], name, tuple(rest), place)) or None
            case ("bash" | "sh" | "zsh" | "source" | ".", *rest):
                return self._shell(tuple(rest), place, line)
            case (program, *rest) if "/" in program and not is_open(program):
                return self._file(program, tuple(rest), place, line)
            case _:
                return None

    def _shell(self, rest: Words, place: Place, line: int) -> Iterator[Found]:
        bare = tuple(word for word in rest if not word.startswith(("-", "+")))
        if bare and any(re.fullmatch(r"-\w*c", word) for word in rest):
            yield Text(text=bare[0], place=fixed(place, place.at(line), place.env))
        elif any(INSTALLERS.search(word) for word in bare):
            return
        elif bare:
            yield from self._file(bare[0], bare[1:], place, line)
        else:
            yield Lost(what="what a shell is told", why="it comes from elsewhere", origin=place.at(line))

    def _file(self, name: str, rest: Words, place: Place, line: int) -> Iterator[Found]:
        path = posixpath.normpath(posixpath.join(place.directory, name))
        text = None if is_open(path) or path.startswith(("..", "/")) else text_at(self._look_up, path)
        if text is None:
            yield from _outside(path, name, rest, place, line)
            return
        language = _language(path, text)
        if language == "python":
            yield Argv(words=("python", name.removeprefix("./"), *rest), place=place, line=line)
        elif language:
            words = (posixpath.basename(path), *rest)
            yield Calls(words=words, origin=place.at(line), directory=place.directory, waved=place.waved)
        else:
            yield Text(text=text, place=in_file(place, path), arguments=rest)

    def _make(self, rest: Words, place: Place, line: int) -> Iterator[Found]:
        directory, words, names = place.directory, list(rest), MAKEFILES
        given: dict[str, str] = {}
        targets: list[str] = []
        while words:
            word = words.pop(0)
            assigned = ASSIGNED.fullmatch(word)
            if word in ("-C", "--directory") and words:
                directory = posixpath.normpath(posixpath.join(directory, words.pop(0)))
            elif word in ("-f", "--file") and words:
                names = (words.pop(0),)
            elif word in ("-j", "-l") and words and words[0].isdigit():
                words.pop(0)
            elif assigned is not None:
                given[assigned["name"]] = assigned["value"]
            elif not word.startswith("-"):
                targets.append(word)
        file, text = self._first(names, directory)
        said = " ".join(("make", *targets))
        if text is None:
            yield Lost(what=f"`{said}`", why="no Makefile lies there", origin=place.at(line))
            return
        rules = make_rules(text, given)
        inside = in_file(place, file, directory)
        for name in targets or list(rules.targets)[:1] or ["all"]:
            known = self._made(name, rules, text, given, inside)
            if known is None:
                yield Lost(what=f"`make {name}` of {file}", why="no such target is read", origin=place.at(line))
            else:
                yield from known

    def _made(self, name: str, rules: Rules, text: str, given: dict[str, str], place: Place) -> Iterable[Found] | None:
        """A target of the file, or else of one that it includes."""
        if rules.named(name) is not None:
            return _targets(rules, name, place)
        if is_open(name):
            return None
        folder = posixpath.dirname(place.file)
        for included in [n for found in INCLUDED.finditer(text) for n in found["names"].split()][:MOST_INCLUDED]:
            path = posixpath.normpath(posixpath.join(folder, included))
            inner = None if is_open(path) else text_at(self._look_up, path)
            there = make_rules(inner, given) if inner is not None else None
            if there is not None and there.named(name) is not None:
                return _targets(there, name, structs.replace(place, file=path))
        return None

    def _just(self, rest: Words, place: Place, line: int) -> Iterator[Found]:
        file, text = self._first(JUSTFILES, place.directory)
        rules = just_rules(text or "")
        named = [word for word in rest if not word.startswith("-")][:1] or list(rules.targets)[:1]
        name = named[0] if named else "default"
        if rules.named(name) is None:
            why = "no justfile lies there" if text is None else f"{file} has no such recipe"
            yield Lost(what=f"`just {name}`", why=why, origin=place.at(line))
            return
        yield from _targets(rules, name, in_file(place, file))

    def _first(self, names: tuple[str, ...], directory: str) -> tuple[str, str | None]:
        for name in names:
            path = posixpath.normpath(posixpath.join(directory, name))
            text = None if path.startswith(("..", "/")) else text_at(self._look_up, path)
            if text is not None:
                return path, text
        return "", None

    def _tox(self, rest: Words, place: Place, line: int) -> Iterator[Found]:
        names = [name for at, word in enumerate(rest) for name in _named_after(rest, at, word, ("-e", "--env"))]
        if self._every and (not names or any(is_open(name) for name in names)):
            names = [name for name in names if not is_open(name)] + list(listed_environments(self._look_up))
        for name in names or [None]:
            plain_name = None if name is None or is_open(name) else name.replace("py3.", "py3")
            found = tox_environment(self._look_up, plain_name)
            if found is None:
                yield Unreadable(why="tox is not set up in a file that is read", origin=place.at(line))
                yield Lost(what=f"tox -e {name}", why="it is not set up in a file that is read", origin=place.at(line))
                return
            env = tuple(sorted({**dict(place.env), **found.env}.items()))
            here = structs.replace(
                place, file=found.origin.file, directory=found.directory, env=env, line=found.origin.line
            )
            extras = ",".join(found.extras)
            what = [f"-e .[{extras}]" if extras else "-e ."] if found.is_installed else []
            what += [f"--group {group}" for group in found.groups]
            if what:
                yield Installs(what=tuple(what), origin=found.origin)
            for dep in found.deps:
                yield Text(text=f"pip install {_quoted(dep)}", place=Place(file=here.file, line=here.line))
            for command in found.commands:
                waved = here.waved or command.startswith("-")
                yield Text(text=command.lstrip("-! "), place=structs.replace(here, waved=waved))

    def _nox(self, rest: Words, place: Place, line: int) -> Iterator[Found]:
        names = [n for at, word in enumerate(rest) for n in _named_after(rest, at, word, ("-s", "--session", "-e"))]
        chosen = [
            each
            for each in sessions(self._look_up)
            if not names or any(each.name == name.partition("-3.")[0] for name in names)
        ]
        for session in chosen:
            for call in session.calls:
                env = tuple(sorted({**dict(place.env), **call.env}.items()))
                here = structs.replace(place, file=NOXFILE, directory="", env=env, line=None, depth=place.depth + 1)
                words = ("pip", "install", *call.words) if call.installs else call.words
                if words:
                    yield Argv(words=words, place=here, line=call.line)
                if call.computed:
                    yield Unreadable(why="a part of this call is computed", origin=here.at(call.line))
                if call.computed and not words:
                    yield Lost(what="a session of nox", why="its words are computed", origin=here.at(call.line))
        if not chosen:
            yield Unreadable(why="no session of nox could be read", origin=place.at(line))
            yield Lost(what=" ".join(("nox", *rest)), why="no such session could be read", origin=place.at(line))

    def _run_of(self, manager: str, words: Words, place: Place, line: int) -> Iterator[Found]:
        if not words:
            return
        if manager in ("pdm", "rye"):
            found = tuple(self._task(manager, words[0], words[1:], place))
            if found:
                yield from found
                return
        yield Argv(words=words, place=place, line=line)

    def _task(self, kind: str, name: str, rest: Words, place: Place) -> Iterator[Found]:
        for each in task_lines(self._look_up, kind, name, rest):
            env = tuple(sorted({**dict(place.env), **dict(each.env)}.items()))
            yield Text(text=each.text, place=fixed(place, each.origin, env))

    def _hatch(self, words: Words, place: Place, line: int) -> Iterator[Found]:
        rest = tuple(word for word in words[1:] if not word.startswith(("+", "-")))
        if words[0] == "test":
            yield Installs(what=("-e .", "pytest"), origin=place.at(line))
            yield Runs(words=("pytest", "tests"), origin=place.at(line), env=place.env, waved=place.waved)
            return
        named, _, script = (rest or ("",))[0].rpartition(":")
        environment = hatch_environment(self._look_up, named.partition("+")[0] or "default", script)
        yield Installs(what=environment.installs, origin=environment.origin)
        lines = tuple(environment.lines(script))
        for text in lines:
            yield Text(text=text, place=fixed(place, environment.origin, place.env))
        if not lines and rest:
            yield Argv(words=(script, *rest[1:]), place=place, line=line)


def _targets(rules: Rules, name: str, place: Place) -> Iterator[Found]:
    """What a target needs is made before it, each once."""
    env = tuple(sorted({**dict(place.env), **rules.exported}.items()))
    here = structs.replace(place, env=env, line=None)
    done: dict[str, Target] = {}

    def ordered(name: str, depth: int) -> None:
        target = rules.named(name)
        if target is None or name in done or depth > DEEPEST:
            return
        for need in target.needs:
            ordered(need, depth + 1)
        done[name] = target

    ordered(name, 0)
    for target in done.values():
        yield Text(text=target.script, place=here, line=target.line)


def _language(path: str, text: str) -> str:
    """Empty for a shell's."""
    told = text[:200].split("\n", 1)[0]
    if posixpath.basename(path) in WRAPPERS:
        return "java"
    if not told.startswith("#!"):
        return LANGUAGES.get(posixpath.splitext(path)[1], "")
    if SHELL.match(told):
        return ""
    return next(
        (name for name in ("python", "node", "perl", "ruby", "php") if name in told),
        "python" if "uv" in told else "another language",
    )


def _outside(path: str, name: str, rest: Words, place: Place, line: int) -> Iterator[Found]:
    """A program that is not of the tree: of the machine, of an environment, or made by the run."""
    base = posixpath.basename(path)
    installed = "/bin/" in f"/{path}" or path.startswith(("/", "~"))
    if installed and base not in ("test", "run", "ci") and not is_open(base):
        yield Argv(words=(base, *rest), place=place, line=line)
    else:
        yield Lost(what=f"`{name}`", why="it does not lie in the tree", origin=place.at(line))


def _after(words: Words) -> Words:
    while words and words[0].startswith("-") and words[0] != "--":
        words = words[2:] if words[0] in UV_TAKES else words[1:]
    return words[1:] if words[:1] == ("--",) else words


def _named_after(words: Words, at: int, word: str, options: tuple[str, ...]) -> list[str]:
    option, _, glued = word.partition("=")
    if option in options:
        value = glued or (words[at + 1] if at + 1 < len(words) else "")
        return [name for name in value.split(",") if name]
    if word.startswith("-e") and len(word) > 2 and not word.startswith("--"):
        return [word[2:]]
    return []


def _quoted(dep: str) -> str:
    """A requirement of tox's, which may hold spaces and markers; `-rFILE` and `-e PATH` are options."""
    if dep.startswith("-"):
        option, rest = dep[:2], dep[2:].strip().removeprefix("=")
        return f"{option} {shlex.quote(rest)}" if not dep.startswith("--") else dep
    return shlex.quote(dep)
