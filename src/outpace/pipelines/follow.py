"""Where a command leads: through Make, just, tox, nox, tasks and scripts of the tree, to suites and installs."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from msgspec import structs

from outpace.model.toml import document_or_empty, table
from outpace.pipelines.branches import every_command
from outpace.pipelines.containers import container_leads
from outpace.pipelines.events import Calls, Event, Installs, LookUp, Lost, Origin, Runs, Unreadable
from outpace.pipelines.installs import Installed, installed_by
from outpace.pipelines.leads import Leads
from outpace.pipelines.node_scripts import node_leads
from outpace.pipelines.place import Argv, Found, Place, Text
from outpace.pipelines.runners import plain, suite_of
from outpace.pipelines.shell import ASSIGNED, Command, Passed, commands, is_open
from outpace.pipelines.task_files import task_leads

DEEPEST = 8
CONDA = ("conda", "mamba", "micromamba")
MOST_EVENTS = 500
MOST_OF_EVERY = 2_500
__all__ = ["Follower", "Place"]


class Follower:
    """Reads one repository. Nothing of it is run.

    With `every`, all branches of scripts are followed, and what leads nowhere is told; without, what a suite needs.
    """

    def __init__(self, look_up: LookUp, *, every: bool = False) -> None:
        self._look_up = look_up
        self._every = every
        self._left = MOST_OF_EVERY if every else MOST_EVENTS
        self._leads = Leads(look_up, every=every)
        self._read: set[tuple[str, Place, tuple[str, ...]]] = set()

    def script(self, text: str, place: Place, *, line: int = 1, arguments: tuple[str, ...] = ()) -> Iterator[Event]:
        if place.depth > DEEPEST:
            yield Unreadable(why="it leads too far", origin=place.at(line))
            yield Lost(what="what it leads to", why="it leads too far", origin=place.at(line))
            return
        if self._every:  # read once, it tells all that it tells
            key = (text, structs.replace(place, depth=0), arguments)
            if key in self._read:
                return
            self._read.add(key)
        told = every_command if self._every else commands
        found = told(text, line=line, directory=place.directory, values=dict(place.env), arguments=arguments)
        for each in found:
            if self._left <= 0:
                return
            self._left -= 1
            if self._left == 0:
                yield Lost(what="what comes after", why="it runs more commands than are read", origin=place.at(line))
            match each:
                case Command():
                    yield from self._command(each, place)
                case Passed(why=why, line=at):
                    yield Unreadable(why=why, origin=place.at(at))
                    yield Lost(what="a line of a script", why=why, origin=place.at(at))

    def _command(self, command: Command, place: Place) -> Iterator[Event]:
        env = {**dict(place.env), **dict(command.env), **_leading(command.words)}
        here = structs.replace(
            place,
            directory=command.directory,
            env=tuple(sorted(env.items())),
            waved=place.waved or command.waved,
        )
        words = plain(command.words)
        if not words:
            return
        origin = here.at(command.line)
        suite = suite_of(words)
        if suite is not None and not _asks_only(suite[0]) and self._is_there(suite[0], here.directory):
            if self._every:  # with the words that concern its report, which tell whether coverage is a gate
                yield Calls(words=words, origin=origin, directory=here.directory, waved=here.waved)
            yield Runs(
                words=suite[0],
                left_out=suite[1],
                origin=origin,
                env=here.env,
                directory=here.directory,
                waved=here.waved,
            )
            return
        is_inside = self._every and words[0] in CONDA and words[1:2] == ("run",)
        installed = None if is_inside else installed_by(words, here.directory)
        if installed is not None:
            yield from self._installed(installed, origin)
            return
        yield from self._through(words, structs.replace(here, depth=here.depth + 1), command.line)

    def _through(self, words: tuple[str, ...], place: Place, line: int) -> Iterator[Event]:
        for leads in (self._leads.of, self._of_tasks, self._of_node, self._of_containers):
            found = leads(words, place, line)
            if found is not None:
                yield from self.followed(found)
                return
        yield Calls(words=words, origin=place.at(line), directory=place.directory, waved=place.waved)

    def _of_tasks(self, words: tuple[str, ...], place: Place, line: int) -> Iterable[Found] | None:
        return task_leads(words, place, line, self._look_up) if self._every else None

    def _of_node(self, words: tuple[str, ...], place: Place, line: int) -> Iterable[Found] | None:
        return node_leads(words, place, line, self._look_up) if self._every else None

    def _of_containers(self, words: tuple[str, ...], place: Place, line: int) -> Iterable[Found] | None:
        return container_leads(words, place, line, self._look_up, every=self._every)

    def followed(self, found: Iterable[Found]) -> Iterator[Event]:
        for each in found:
            match each:
                case Text(text=text, place=place, line=line, arguments=arguments):
                    yield from self.script(text, place, line=line, arguments=arguments)
                case Argv(words=words, place=place, line=line) if place.depth > DEEPEST:
                    yield Lost(what=f"`{words[0]}`", why="it leads too far", origin=place.at(line))
                case Argv(words=words, place=place, line=line):
                    yield from self._command(Command(words=words, line=line, directory=place.directory), place)
                case event:
                    yield event

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
