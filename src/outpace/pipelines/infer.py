"""What a repository says of itself: its application, its suite, its deploy command, and what it does not tell."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, cast

from msgspec import Struct
from msgspec.structs import replace

from outpace.model.application import Application
from outpace.model.toml import document_or_empty
from outpace.pipelines.entry_points import EntryPoint, entry_points
from outpace.pipelines.secrecy import hidden, looks_secret
from outpace.pipelines.serving import Served, servers
from outpace.pipelines.suites import Suite, suites_of_ci

LookUp = Callable[[str], bytes | None]
ANY_PYTHON = "any"
SIZE_LIMIT = 4 << 20
LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml")
REQUIREMENTS = (
    "requirements.txt", "requirements/production.txt", "requirements/prod.txt", "requirements.prod.txt",
    "requirements/main.txt", "requirements/base.txt", "requirements-base.txt",
)  # fmt: skip
TEST_MODULE = re.compile(r"(^|/)(test_[^/]*|[^/]*_test)\.py$")
DEPLOY_TARGETS = ("deploy", "ship")
IMPORTS_PYTEST = re.compile(rb"^\s*(?:import|from)\s+pytest\b", re.MULTILINE)
MOST_TESTS = 50
PORT = re.compile(r"^\s*PORT\s*[:?]?=\s*(\d{2,5})\s*$", re.MULTILINE)


class Inferred(Struct, frozen=True, kw_only=True):
    """One setting, what it was read from, or why it could not be told."""

    key: str
    value: str | int | tuple[str, ...]
    because: str


class Question(Struct, frozen=True, kw_only=True):
    """What the repository does not tell."""

    key: str
    asks: str
    choices: tuple[str | tuple[str, ...], ...] = ()  # what the repository offers, where it says several things


class Reading(Struct, frozen=True, kw_only=True):
    application: Application
    inferred: tuple[Inferred, ...]
    questions: tuple[Question, ...]
    port: int | None = None


def read_repository(paths: tuple[str, ...], look_up: LookUp, *, directory: str, branch: str | None) -> Reading:
    """`paths` are the repository's files; `directory` is its name, used where the project has none."""
    inferred: list[Inferred] = []
    questions: list[Question] = []
    project = _toml(look_up, "pyproject.toml")
    makefile = _text(look_up, "Makefile")

    if not project and _text(look_up, "pyproject.toml").strip():
        asks = "what is it called? pyproject.toml says nothing that could be read: it is empty, or no TOML"
        questions.append(Question(key="name", asks=asks))
    name = _name(project, directory, inferred)
    locks = _locks(paths, inferred, questions)
    served = servers(paths, look_up)
    imports = _imports(entry_points(paths, look_up, served), inferred, questions)
    deploy = _deploy(makefile, inferred, questions)
    port = _port(makefile, inferred)
    questions.append(Question(key="environments", asks="where does it run, and how is the process found there?"))
    application = Application(
        name=name,
        locks=locks,
        imports=imports,
        run=_run(served, inferred, questions),
        branch=_branch(branch, inferred),
        deploy=deploy,
    )
    application = _tested(application, paths, look_up, project, inferred, questions)
    kept, asked = _without_secrets(inferred, questions)
    return Reading(application=application, inferred=kept, questions=asked, port=port)


def _name(project: Mapping[str, Any], directory: str, inferred: list[Inferred]) -> str:
    for table in ("project", "tool.poetry"):
        declared = _at(project, *table.split("."), "name")
        if isinstance(declared, str) and declared:
            inferred.append(Inferred(key="name", value=declared, because=f"[{table}] name in pyproject.toml"))
            return declared
    inferred.append(Inferred(key="name", value=directory, because="the directory's name"))
    return directory


def _locks(paths: tuple[str, ...], inferred: list[Inferred], questions: list[Question]) -> tuple[str, ...]:
    """One lock and requirements files beside it may say the same or not: which of them is deployed is asked."""
    there = [name for name in LOCKS if name in paths]
    beside = [name for name in REQUIREMENTS if name in paths]
    match (*there, *beside[:1]):
        case (lock,):
            inferred.append(Inferred(key="locks", value=(lock,), because=f"{lock} lies at the root"))
            return (lock,)
        case ():
            questions.append(Question(key="locks", asks="which lock or requirements files are deployed?"))
        case several:
            asks = f"which of {', '.join(several)} is deployed? all of them are read until you say so"
            questions.append(Question(key="locks", asks=asks, choices=tuple((each,) for each in several)))
    return ()


def _tested(
    application: Application,
    paths: tuple[str, ...],
    look_up: LookUp,
    project: Mapping[str, Any],
    inferred: list[Inferred],
    questions: list[Question],
) -> Application:
    """As the project's own CI tests it; else by what is configured."""
    ci = suites_of_ci(paths, look_up)
    first = ci.first
    if first is None:
        return replace(application, test=_test(paths, look_up, project, ci.refused, inferred, questions))
    rival = next((suite for suite in ci.others if suite.rank == first.rank and suite.job != first.job), None)
    application = with_suite(application, first)
    if rival is not None:
        asks = f"{_said(first)}, and {_said(rival)}: which one?"
        questions.append(Question(key="test", asks=asks, choices=(first.command, rival.command)))
        application = replace(application, test=())
    else:
        inferred.append(Inferred(key="test", value=first.command, because=_where(first)))
    _told_env(first, inferred, questions)
    if application.test_path:
        inferred.append(Inferred(key="test_path", value=application.test_path, because=f"{first.origin} works there"))
    if application.install:
        place = first.installed_at or first.origin
        inferred.append(Inferred(key="install", value=application.install, because=f"installed at {place}"))
    if application.python:
        inferred.append(Inferred(key="python", value=application.python, because=f"{first.origin.file} tests with it"))
    return application


def _told_env(suite: Suite, inferred: list[Inferred], questions: list[Question]) -> None:
    """The names that may be copied with their values, and a question about the others."""
    secret = tuple(name for name, value in suite.env if looks_secret(name, value))
    names = tuple(sorted(name for name, _ in suite.env if name not in secret))
    if names:
        inferred.append(Inferred(key="test_env", value=names, because=f"set in {suite.origin}"))
    asks = [f"what are {', '.join(suite.unset)} for the suite? only the CI fills them in"] if suite.unset else []
    asks += [f"what are {', '.join(secret)}? they look like secrets and are not copied"] if secret else []
    if asks:
        questions.append(Question(key="test_env", asks=f"{'; '.join(asks)} ({suite.origin})"))


def _without_secrets(
    inferred: list[Inferred], questions: list[Question]
) -> tuple[tuple[Inferred, ...], tuple[Question, ...]]:
    """What is written and shown; the application in memory is tested as its CI does it."""
    shown = [replace(each, choices=tuple(map(_hidden, each.choices))) for each in questions]
    kept: list[Inferred] = []
    for item in inferred:
        if isinstance(item.value, tuple) and hidden(item.value) != item.value:
            asks = f"how, without what looks like a secret at {item.because}? it is not copied"
            shown.append(Question(key=item.key, asks=asks, choices=(hidden(item.value),)))
        else:
            kept.append(item)
    return tuple(kept), tuple(shown)


def _hidden(choice: str | tuple[str, ...]) -> str | tuple[str, ...]:
    return hidden(choice) if isinstance(choice, tuple) else choice


def with_suite(application: Application, suite: Suite) -> Application:
    """Only what nobody declared."""
    is_own = suite.directory == application.path.removeprefix("./").strip("/.")
    return replace(
        application,
        test=application.test or suite.command,
        test_env=application.test_env or dict(suite.env),
        test_path=application.test_path or ("" if is_own else suite.directory),
        install=application.install or suite.install,
        python=application.python or ((*suite.pythons, ANY_PYTHON) if suite.pythons else ()),
    )


def _where(suite: Suite) -> str:
    told = [str(suite.origin)]
    told += [f"by way of {suite.written}"] if suite.written != suite.origin else []
    told += [f"beside {', '.join(suite.services)}"] if suite.services else []
    told += [f"without {' '.join(hidden(suite.left_out))}"] if suite.left_out else []
    return ", ".join(told)


def _test(
    paths: tuple[str, ...],
    look_up: LookUp,
    project: Mapping[str, Any],
    unread: tuple[str, ...],
    inferred: list[Inferred],
    questions: list[Question],
) -> tuple[str, ...]:
    tests = [path for path in paths if TEST_MODULE.search(path)]
    if _at(project, "tool", "pytest") is not None or "pytest.ini" in paths or "pytest" in _development(project):
        because = "pytest is configured or among the development dependencies"
    elif importing := next((path for path in tests[:MOST_TESTS] if IMPORTS_PYTEST.search(look_up(path) or b"")), None):
        because = f"{importing} imports pytest"
    else:
        seen = f" {tests[0]} looks like a test module, and nothing names what runs it." if tests else ""
        read = f" Its CI was not understood: {unread[0]}." if unread else ""
        asks = f"how is it tested? without a suite a change stays undecided.{seen}{read}"
        choices = (("pytest", "-q"), ("python", "-m", "unittest")) if tests else ()
        questions.append(Question(key="test", asks=asks, choices=choices))
        return ()
    inferred.append(Inferred(key="test", value=("pytest", "-q"), because=because))
    return ("pytest", "-q")


def _development(project: Mapping[str, Any]) -> str:
    """Everything that the dependency groups and extras name, as one text to look into."""
    groups = (_at(project, "dependency-groups"), _at(project, "project", "optional-dependencies"))
    return " ".join(str(group) for group in groups if group is not None)


def _imports(found: tuple[EntryPoint, ...], inferred: list[Inferred], questions: list[Question]) -> tuple[str, ...]:
    if not found:
        questions.append(Question(key="imports", asks="which modules must still import after a change?"))
        return ()
    targets = tuple(each.target for each in found)
    told = f"{found[0].origin} {found[0].what}"
    inferred.append(Inferred(key="imports", value=targets, because=told))
    return targets


def _run(found: tuple[Served, ...], inferred: list[Inferred], questions: list[Question]) -> tuple[str, ...]:
    """The server's command as the project itself writes it, on a port that is filled in."""
    usable = [each for each in found if each.words]
    asks = "how is it started for a rehearsal? needed for probes before a rollout"
    match usable:
        case []:
            told = f" ({found[0].origin} starts {found[0].server}, whose command is not told there)" if found else ""
            questions.append(Question(key="run", asks=asks + told))
        case [only]:
            inferred.append(Inferred(key="run", value=only.words, because=f"{only.origin} starts {only.server}"))
            return only.words
        case several:
            told = " or as ".join(str(each.origin) for each in several[:3])
            choices = tuple(each.words for each in several[:3])
            questions.append(Question(key="run", asks=f"{asks}: as {told} does it?", choices=choices))
    return ()


def _deploy(makefile: str, inferred: list[Inferred], questions: list[Question]) -> tuple[str, ...]:
    for target in DEPLOY_TARGETS:
        if re.search(rf"^{target}\s*:", makefile, re.MULTILINE):
            inferred.append(
                Inferred(key="deploy", value=("make", target), because=f"the Makefile has a target {target}")
            )
            return ("make", target)
    questions.append(Question(key="deploy", asks="how is it deployed? empty: somebody else's pipeline does it"))
    return ()


def _port(makefile: str, inferred: list[Inferred]) -> int | None:
    found = PORT.search(makefile)
    if found is None:
        return None
    inferred.append(Inferred(key="port", value=int(found[1]), because="PORT in the Makefile"))
    return int(found[1])


def _branch(branch: str | None, inferred: list[Inferred]) -> str:
    chosen = branch or "main"
    because = "the branch that the remote or the checkout names" if branch else "nothing names another"
    inferred.append(Inferred(key="branch", value=chosen, because=because))
    return chosen


def _text(look_up: LookUp, path: str) -> str:
    content = look_up(path)
    return "" if content is None or len(content) > SIZE_LIMIT else content.decode("utf-8", "replace")


def _toml(look_up: LookUp, path: str) -> Mapping[str, Any]:
    return document_or_empty(_text(look_up, path).encode())


def _at(document: Mapping[str, Any], *keys: str) -> object:
    """The value under nested keys, or None."""
    value: object = document
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = cast("dict[str, object]", value).get(key)
    return value


def _said(suite: Suite) -> str:
    return f"{suite.origin} runs {' '.join(hidden(suite.command))}"
