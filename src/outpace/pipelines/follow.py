"""Where a command leads: through Make, just, tox, nox, tasks and scripts of the tree, to suites and installs."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator

from msgspec import Struct

from outpace.model.toml import document_or_empty, table
from outpace.pipelines.events import Event, Installs, LookUp, Origin, Runs, Unreadable, text_at
from outpace.pipelines.installs import Installed, installed_by
from outpace.pipelines.makefiles import JUSTFILES, MAKEFILES, Rules, just_rules, make_rules
from outpace.pipelines.nox import FILE as NOXFILE
from outpace.pipelines.nox import sessions
from outpace.pipelines.runners import plain, suite_of
from outpace.pipelines.shell import ASSIGNED, Command, Passed, commands, is_open
from outpace.pipelines.tasks import hatch_environment, task_lines
from outpace.pipelines.tox import tox_environment

DEEPEST = 8
MOST_EVENTS = 500
RUNNERS = ("poetry", "pipenv", "pdm", "uv", "rye", "hatch")
UV_TAKES = ("--with", "--group", "--extra", "--python", "-p", "--directory", "--package", "--env-file", "--only-group")


class Place(Struct, frozen=True, kw_only=True):
    """From where a command is looked at."""

    file: str
    directory: str = ""
    env: tuple[tuple[str, str], ...] = ()
    line: int | None = None  # set where lines of a text that lies elsewhere mean nothing
    depth: int = 0

    def at(self, line: int) -> Origin:
        return Origin(self.file, line if self.line is None else self.line)


class Follower:
    """Reads one repository. Nothing of it is run."""

    def __init__(self, look_up: LookUp) -> None:
        self._look_up = look_up
        self._seen = 0

    def script(self, text: str, place: Place, *, line: int = 1, arguments: tuple[str, ...] = ()) -> Iterator[Event]:
        if place.depth > DEEPEST:
            yield Unreadable(why="it leads too far", origin=place.at(line))
            return
        found = commands(text, line=line, directory=place.directory, values=dict(place.env), arguments=arguments)
        for each in found:
            self._seen += 1
            if self._seen > MOST_EVENTS:
                return
            match each:
                case Command():
                    yield from self._command(each, place)
                case Passed(why=why, line=at):
                    yield Unreadable(why=why, origin=place.at(at))

    def _command(self, command: Command, place: Place) -> Iterator[Event]:
        env = {**dict(place.env), **dict(command.env), **_leading(command.words)}
        here = Place(
            file=place.file,
            directory=command.directory,
            env=tuple(sorted(env.items())),
            line=place.line,
            depth=place.depth,
        )
        words = plain(command.words)
        if not words:
            return
        origin = here.at(command.line)
        suite = suite_of(words)
        if suite is not None and not _asks_only(suite[0]) and self._is_there(suite[0], here.directory):
            yield Runs(words=suite[0], left_out=suite[1], origin=origin, env=here.env, directory=here.directory)
            return
        installed = installed_by(words, here.directory)
        if installed is not None:
            yield from self._installed(installed, origin)
            return
        deeper = Place(file=here.file, directory=here.directory, env=here.env, line=here.line, depth=here.depth + 1)
        yield from self._through(words, deeper, command.line)

    def _is_there(self, words: tuple[str, ...], directory: str) -> bool:
        """Whether the script that Python is given, if it is given one, lies in the tree."""
        if words[0] != "python" or len(words) < 2 or words[1] == "-m":
            return True
        path = posixpath.normpath(posixpath.join(directory, words[1]))
        return not path.startswith("..") and self._look_up(path) is not None

    def _installed(self, found: Installed, origin: Origin) -> Iterator[Event]:
        what = found.what
        if found.manager:
            what = (*self._groups(found), *what)
        if what:
            yield Installs(what=tuple(dict.fromkeys(what)), origin=origin)
        for unread in found.unread:
            yield Unreadable(why=f"not installed here: {unread}", origin=origin)

    def _groups(self, found: Installed) -> Iterator[str]:
        """What the package manager installs where nobody names a group."""
        project = document_or_empty(self._look_up("pyproject.toml"))
        tool = table(project.get("tool"))
        if found.no_development:
            return
        match found.manager:
            case "poetry":
                poetry = table(tool.get("poetry"))
                if "dev-dependencies" in poetry:
                    yield "--group dev"
                for name, group in table(poetry.get("group")).items():
                    if found.all_groups or table(group).get("optional") is not True:
                        yield f"--group {name}"
            case "pdm":
                names = [
                    *table(table(tool.get("pdm")).get("dev-dependencies")),
                    *table(project.get("dependency-groups")),
                ]
                yield from (f"--group {name}" for name in names if not any(w.startswith("--group") for w in found.what))
            case "uv":
                groups = table(project.get("dependency-groups"))
                yield from (f"--group {name}" for name in groups if name == "dev" or found.all_groups)
            case _:
                return

    def _through(self, words: tuple[str, ...], place: Place, line: int) -> Iterator[Event]:
        match words:
            case ("make" | "gmake", *rest):
                yield from self._make(tuple(rest), place)
            case ("just", *rest):
                yield from self._just(tuple(rest), place)
            case ("tox", *rest) | (_, "-m", "tox", *rest):
                yield from self._tox(tuple(rest), place, line)
            case ("uv" | "uvx", *_, "tox", "run" | "-e", _) if words[-2] == "-e":
                yield from self._tox(words[-2:], place, line)
            case ("nox", *rest) | (_, "-m", "nox", *rest):
                yield from self._nox(tuple(rest), place, line)
            case ("hatch", "run" | "test", *_):
                yield from self._hatch(words[1:], place, line)
            case _:
                yield from self._through_others(words, place, line)

    def _through_others(self, words: tuple[str, ...], place: Place, line: int) -> Iterator[Event]:
        match words:
            case (manager, "run", *rest) if manager in RUNNERS:
                yield from self._run_of(manager, _after(tuple(rest)), place, line)
            case ("poe" | "task", name, *rest):
                yield from self._task(words[0], name, tuple(rest), place)
            case ("pdm", name, *rest):
                yield from self._task("pdm", name, tuple(rest), place)
            case ("docker-compose" | "docker" | "podman", *rest):
                yield from self._compose(tuple(rest), place, line)
            case ("bash" | "sh" | "zsh" | "source" | ".", *rest):
                yield from self._shell(tuple(rest), place, line)
            case (program, *rest) if "/" in program:
                yield from self._file(program, tuple(rest), place)
            case _:
                return

    def _shell(self, rest: tuple[str, ...], place: Place, line: int) -> Iterator[Event]:
        bare = tuple(word for word in rest if not word.startswith("-"))
        if bare and any(re.fullmatch(r"-\w*c", word) for word in rest):
            yield from self.script(bare[0], _fixed(place, place.at(line), place.env))
        elif bare:
            yield from self._file(bare[0], bare[1:], place)

    def _file(self, name: str, rest: tuple[str, ...], place: Place) -> Iterator[Event]:
        path = posixpath.normpath(posixpath.join(place.directory, name))
        text = None if is_open(path) or path.startswith(("..", "/")) else text_at(self._look_up, path)
        if text is None or re.match(r"#!.*\b(?:python|node|perl|ruby)", text):
            return
        yield from self.script(text, _in_file(place, path), arguments=rest)

    def _make(self, rest: tuple[str, ...], place: Place) -> Iterator[Event]:
        directory, words = place.directory, list(rest)
        given: dict[str, str] = {}
        targets: list[str] = []
        while words:
            word = words.pop(0)
            assigned = ASSIGNED.fullmatch(word)
            if word in ("-C", "--directory") and words:
                directory = posixpath.normpath(posixpath.join(directory, words.pop(0)))
            elif word in ("-f", "-j", "-l") and words and (word == "-f" or words[0].isdigit()):
                words.pop(0)
            elif assigned is not None:
                given[assigned["name"]] = assigned["value"]
            elif not word.startswith("-") and not is_open(word):
                targets.append(word)
        file, text = self._first(MAKEFILES, directory)
        if text is None:
            return
        rules = make_rules(text, given)
        yield from self._targets(rules, tuple(targets or list(rules.targets)[:1]), _in_file(place, file, directory))

    def _just(self, rest: tuple[str, ...], place: Place) -> Iterator[Event]:
        file, text = self._first(JUSTFILES, place.directory)
        if text is None:
            return
        rules = just_rules(text)
        named = [word for word in rest if not word.startswith("-")][:1] or list(rules.targets)[:1]
        yield from self._targets(rules, tuple(named), _in_file(place, file))

    def _targets(self, rules: Rules, names: tuple[str, ...], place: Place) -> Iterator[Event]:
        """What a target needs is made before it, each once."""
        env = tuple(sorted({**dict(place.env), **rules.exported}.items()))
        here = Place(file=place.file, directory=place.directory, env=env, depth=place.depth)
        done: dict[str, None] = {}

        def ordered(name: str, depth: int) -> None:
            target = rules.targets.get(name)
            if target is None or name in done or depth > DEEPEST:
                return
            for need in target.needs:
                ordered(need, depth + 1)
            done[name] = None

        for name in names:
            ordered(name, 0)
        for name in done:
            target = rules.targets[name]
            yield from self.script(target.script, here, line=target.line)

    def _first(self, names: tuple[str, ...], directory: str) -> tuple[str, str | None]:
        for name in names:
            path = posixpath.normpath(posixpath.join(directory, name))
            text = text_at(self._look_up, path)
            if text is not None:
                return path, text
        return "", None

    def _tox(self, rest: tuple[str, ...], place: Place, line: int) -> Iterator[Event]:
        names = [name for at, word in enumerate(rest) for name in _named_after(rest, at, word, ("-e", "--env"))]
        for name in names or [None]:
            plain_name = None if name is None or is_open(name) else name.replace("py3.", "py3")
            found = tox_environment(self._look_up, plain_name)
            if found is None:
                yield Unreadable(why="tox is not set up in a file that is read", origin=place.at(line))
                return
            env = tuple(sorted({**dict(place.env), **found.env}.items()))
            here = Place(
                file=found.origin.file, directory=found.directory, env=env, line=found.origin.line, depth=place.depth
            )
            extras = ",".join(found.extras)
            what = [f"-e .[{extras}]" if extras else "-e ."] if found.is_installed else []
            what += [f"--group {group}" for group in found.groups]
            if what:
                yield Installs(what=tuple(what), origin=found.origin)
            for dep in found.deps:
                yield from self.script(f"pip install {_quoted(dep)}", Place(file=here.file, line=here.line))
            for command in found.commands:
                yield from self.script(command.lstrip("-! "), here)

    def _nox(self, rest: tuple[str, ...], place: Place, line: int) -> Iterator[Event]:
        names = [n for at, word in enumerate(rest) for n in _named_after(rest, at, word, ("-s", "--session", "-e"))]
        known = sessions(self._look_up)
        for session in known:
            if names and not any(session.name == name.partition("-3.")[0] for name in names):
                continue
            for call in session.calls:
                here = Place(
                    file=NOXFILE, env=tuple(sorted({**dict(place.env), **call.env}.items())), depth=place.depth + 1
                )
                words = ("pip", "install", *call.words) if call.installs else call.words
                if words:
                    yield from self._command(Command(words=words, line=call.line), here)
                if call.computed:
                    yield Unreadable(why="a part of this call is computed", origin=here.at(call.line))
        if not known:
            yield Unreadable(why="no session of nox could be read", origin=place.at(line))

    def _run_of(self, manager: str, words: tuple[str, ...], place: Place, line: int) -> Iterator[Event]:
        if not words:
            return
        if manager in ("pdm", "rye"):
            found = tuple(self._task(manager, words[0], words[1:], place))
            if found:
                yield from found
                return
        yield from self._command(Command(words=words, line=line, directory=place.directory), place)

    def _task(self, kind: str, name: str, rest: tuple[str, ...], place: Place) -> Iterator[Event]:
        for each in task_lines(self._look_up, kind, name, rest):
            env = tuple(sorted({**dict(place.env), **dict(each.env)}.items()))
            here = _fixed(place, each.origin, env)
            yield from self.script(each.text, here)

    def _hatch(self, words: tuple[str, ...], place: Place, line: int) -> Iterator[Event]:
        rest = tuple(word for word in words[1:] if not word.startswith(("+", "-")))
        if words[0] == "test":
            yield Installs(what=("-e .", "pytest"), origin=place.at(line))
            yield Runs(words=("pytest", "tests"), origin=place.at(line), env=place.env)
            return
        named, _, script = (rest or ("",))[0].rpartition(":")
        environment = hatch_environment(self._look_up, named.partition("+")[0] or "default", script)
        yield Installs(what=environment.installs, origin=environment.origin)
        lines = tuple(environment.lines(script))
        for text in lines:
            yield from self.script(text, _fixed(place, environment.origin, place.env))
        if not lines and rest:
            yield from self._command(Command(words=(script, *rest[1:]), line=line, directory=place.directory), place)

    def _compose(self, rest: tuple[str, ...], place: Place, line: int) -> Iterator[Event]:
        for verb in ("run", "exec"):
            if verb in rest:
                yield from self._in_container(rest[rest.index(verb) + 1 :], place, line)

    def _in_container(self, rest: tuple[str, ...], place: Place, line: int) -> Iterator[Event]:
        """The command after the options and the service's or image's name; what is installed there stays unknown."""
        for at in range(1, len(rest)):
            inner = rest[at:]
            if suite_of(plain(inner)) is not None or inner[0] in ("bash", "sh", "make") or inner[0].startswith("./"):
                outer = Place(file=place.file, env=place.env, line=place.line, depth=place.depth + 1)
                yield Unreadable(why="it runs in a container, whose image is not built here", origin=place.at(line))
                yield from self._command(Command(words=inner, line=line), outer)
                return


def _fixed(place: Place, origin: Origin, env: tuple[tuple[str, str], ...]) -> Place:
    """For a text of which one line is all that is known."""
    return Place(file=origin.file, directory=place.directory, env=env, line=origin.line, depth=place.depth + 1)


def _in_file(place: Place, file: str, directory: str | None = None) -> Place:
    """Variables of a Makefile are its own, and the environment goes along."""
    inside = place.directory if directory is None else ("" if directory == "." else directory)
    return Place(file=file, directory=inside, env=place.env, depth=place.depth)


def _leading(words: tuple[str, ...]) -> dict[str, str]:
    """`env NAME=value command` and `sudo NAME=value command`."""
    found: dict[str, str] = {}
    for word in words:
        assigned = ASSIGNED.fullmatch(word)
        if assigned is not None and not is_open(assigned["value"]):
            found[assigned["name"]] = assigned["value"]
        elif word not in ("env", "sudo", "-E"):
            break
    return found


def _asks_only(words: tuple[str, ...]) -> bool:
    return any(word in ("--version", "--help", "-h", "--collect-only", "--co", "--fixtures") for word in words)


def _after(words: tuple[str, ...]) -> tuple[str, ...]:
    while words and words[0].startswith("-") and words[0] != "--":
        words = words[2:] if words[0] in UV_TAKES else words[1:]
    return words[1:] if words[:1] == ("--",) else words


def _named_after(words: tuple[str, ...], at: int, word: str, options: tuple[str, ...]) -> list[str]:
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
