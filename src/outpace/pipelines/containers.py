"""Where containers lead: what is run in one, and what building an image runs."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from msgspec import structs

from outpace.model.yaml_text import Pairs, Scalar
from outpace.pipelines.events import Calls, LookUp, Lost, Unreadable, text_at
from outpace.pipelines.jobs import document_of
from outpace.pipelines.place import Argv, Found, Place, Text, fixed
from outpace.pipelines.runners import plain, suite_of
from outpace.pipelines.shell import is_open

Words = tuple[str, ...]
PROGRAMS = ("docker-compose", "docker", "podman")
RUN_TAKES = frozenset(
    {"-e", "--env", "-v", "--volume", "--name", "--network", "-p", "--publish", "-u", "--user", "-w", "--workdir",
     "--env-file", "--entrypoint", "--mount", "--add-host", "-h", "--hostname", "--platform", "--link", "-l",
     "--label", "--memory", "-m", "--shm-size", "--cpus", "--net", "--expose", "--restart", "--volumes-from", "--gpus",
     "--index", "--cap-add", "--security-opt", "--device", "--tmpfs", "--pull", "--env-from-file"}
)  # fmt: skip
COMPOSE_TAKES = frozenset({"-f", "--file", "-p", "--project-name", "--profile", "--env-file", "--project-directory"})
COMPOSE_FILES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
RUN = re.compile(r"\s*RUN\s+(?:--\S+\s+)*(?P<script>.*)", re.IGNORECASE)
HERE = re.compile(r"<<-?\s*[\"']?(?P<end>\w+)")
MOST_LINES = 2_000


def container_leads(words: Words, place: Place, line: int, look_up: LookUp, *, every: bool) -> Iterable[Found] | None:
    if words[0] not in PROGRAMS:
        return None
    if not every:
        return _suites(words[1:], place, line)
    rest, is_compose = _without_options(words)
    match rest:
        case ("run" | "exec", *inner):
            return _inside(words[0], tuple(inner), place, line)
        case ("up" | "build" as verb, *options) if is_compose:
            started = _up(tuple(options), place, line) if verb == "up" else ()
            return (*started, *_composed(words, place, line, look_up))
        case ("build", *options) | ("buildx" | "image", "build", *options) if not is_compose:
            return _build(tuple(options), place, line, look_up)
        case _:
            return None


def _without_options(words: Words) -> tuple[Words, bool]:
    """From the verb on."""
    rest = words[1:]
    is_compose = words[0] == "docker-compose" or rest[:1] == ("compose",)
    rest = rest[1:] if rest[:1] == ("compose",) else rest
    while rest and rest[0].startswith("-"):
        rest = rest[2:] if rest[0] in COMPOSE_TAKES else rest[1:]
    return rest, is_compose


def _suites(rest: Words, place: Place, line: int) -> Iterator[Found]:
    for verb in ("run", "exec"):
        if verb in rest:
            yield from _suite_inside(rest[rest.index(verb) + 1 :], place, line)


def _suite_inside(rest: Words, place: Place, line: int) -> Iterator[Found]:
    """The command after the options and the service's or image's name; what is installed there stays unknown."""
    for at in range(1, len(rest)):
        inner = rest[at:]
        if suite_of(plain(inner)) is not None or inner[0] in ("bash", "sh", "make") or inner[0].startswith("./"):
            outer = Place(file=place.file, env=place.env, line=place.line, depth=place.depth + 1)
            yield Unreadable(why="it runs in a container, whose image is not built here", origin=place.at(line))
            yield Argv(words=inner, place=outer, line=line)
            return


def _inside(program: str, rest: Words, place: Place, line: int) -> Iterator[Found]:
    outer = structs.replace(place, directory="", depth=place.depth + 1)
    entry = ""
    while rest and rest[0].startswith("-"):
        name, _, glued = rest[0].partition("=")
        takes = name in RUN_TAKES and not glued
        if name == "--entrypoint":
            entry = glued or (rest[1] if len(rest) > 1 else "")
        rest = rest[2:] if takes else rest[1:]
    image, inner = (rest[0] if rest else ""), rest[1:]
    command = (entry, *inner) if entry else inner
    if not command or (len(command) == 1 and command[0] in ("test", "tests", "ci", "check")):
        said = image if not is_open(image) else "an image"
        what = f"`{program}` with {said}" + (f" and {command[0]}" if command else "")
        yield Lost(what=what, why="what its image starts is not told here", origin=place.at(line))
        return
    yield Argv(words=command, place=outer, line=line)


def _up(options: Words, place: Place, line: int) -> Iterator[Found]:
    if any(word in ("-d", "--detach", "--wait", "--no-start") for word in options):
        words = ("docker", "compose", "up", *options)
        yield Calls(words=words, origin=place.at(line), directory=place.directory, waved=place.waved)
        return
    yield Lost(what="`docker compose up`", why="what its services start is not told here", origin=place.at(line))


def _composed(words: Words, place: Place, line: int, look_up: LookUp) -> Iterator[Found]:
    """What building the images of a compose file runs."""
    named = [words[at + 1] for at, word in enumerate(words[:-1]) if word in ("-f", "--file")]
    paths = [posixpath.normpath(posixpath.join(place.directory, name)) for name in (*named, *COMPOSE_FILES)]
    for path in paths[: len(named) or len(paths)]:
        whole = None if is_open(path) or path.startswith(("..", "/")) else document_of(path, text_at(look_up, path))
        services = whole.rows.get("services") if isinstance(whole, Pairs) else None
        for service in services.rows.values() if isinstance(services, Pairs) else ():
            told = service.rows.get("build") if isinstance(service, Pairs) else None
            context = told.text("context") if isinstance(told, Pairs) else told.text if isinstance(told, Scalar) else ""
            if told is not None:
                file = told.text("dockerfile") if isinstance(told, Pairs) else ""
                inside = posixpath.join(posixpath.dirname(path), context or ".")
                yield from dockerfile_leads(file, inside, place, line, look_up)
        if services is None and named:
            yield Lost(what=f"what {path} builds", why="it could not be read", origin=place.at(line))
        if services is not None and not named:
            return
    if not named:
        yield Lost(what="what `docker compose` builds", why="no compose file lies there", origin=place.at(line))


def _build(options: Words, place: Place, line: int, look_up: LookUp) -> Iterator[Found]:
    file, context = "", "."
    at = 0
    while at < len(options):
        name, _, glued = options[at].partition("=")
        if name in ("-f", "--file"):
            file = glued or (options[at + 1] if at + 1 < len(options) else "")
            at += 0 if glued else 1
        elif name in ("-t", "--tag", "--build-arg", "--target", "--platform", "--cache-from", "--cache-to", "--label",
                      "-o", "--output", "--secret", "--progress", "--builder", "--build-context", "--network",
                      "--ssh", "--iidfile"):  # fmt: skip
            at += 0 if glued else 1
        elif not name.startswith("-"):
            context = options[at]
        at += 1
    yield from dockerfile_leads(file, posixpath.join(place.directory, context), place, line, look_up)


def dockerfile_leads(file: str, context: str, place: Place, line: int, look_up: LookUp) -> Iterator[Found]:
    """What the instructions RUN of a Dockerfile run; `file` empty: that of the context."""
    candidates = (file, posixpath.join(context, file)) if file else (posixpath.join(context, "Dockerfile"),)
    for path in map(posixpath.normpath, candidates):
        text = None if is_open(path) or path.startswith(("..", "/")) else text_at(look_up, path)
        if text is not None:
            inside = structs.replace(place, file=path, directory="", line=None, depth=place.depth + 1)
            for script, at in _runs(text):
                yield Text(text=script, place=fixed(inside, inside.at(at), inside.env))
            return
    what = f"the build of {file or 'a Dockerfile'}" if not is_open(file) else "the build of an image"
    yield Lost(what=what, why="its Dockerfile is not found", origin=place.at(line))


def _runs(text: str) -> Iterator[tuple[str, int]]:
    lines = text.splitlines()[:MOST_LINES]
    at = 0
    while at < len(lines):
        begun, found = at, RUN.match(lines[at])
        at += 1
        if found is None:
            continue
        script = found["script"]
        while script.endswith("\\") and at < len(lines):
            follow = lines[at]
            script = script[:-1] + (" " if follow.lstrip().startswith("#") else follow)
            script += "\\" if follow.lstrip().startswith("#") else ""
            at += 1
        here = HERE.search(script)
        if here is not None:
            body: list[str] = []
            while at < len(lines) and lines[at].strip() != here["end"]:
                body.append(lines[at])
                at += 1
            script = "\n".join((script[: here.start()], *body))
        yield script.strip(), begun + 1
