"""outpace.toml: decoded once, unknown keys refused with a near match."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Sequence
from itertools import combinations

import msgspec
from msgspec import Struct

from outpace.model.analyzer import Analyzer
from outpace.model.application import Application, Configuration, Environment, Observe
from outpace.model.deadline import Deadline
from outpace.model.edge import ALL as EDGE
from outpace.model.edge import is_same_address
from outpace.model.errors import BadConfiguration
from outpace.model.gate import Gate
from outpace.model.probe import Probe, Request, Sign
from outpace.model.proposers import AgentCommand, LanguageModel, ProposerBudget, Proposers
from outpace.model.stopgap import Stopgap
from outpace.model.toml import document as toml_document
from outpace.pipelines import deadlines, gates

FILE = "outpace.toml"
LIMIT = 1 << 20
EXAMPLE = "docs/outpace.toml is an annotated example"
EVERY = re.compile(r"(?P<count>[1-9][0-9]{0,5})(?P<unit>[smhd])")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

RECORDS: tuple[type[Struct], ...] = (
    Configuration,
    Application,
    Environment,
    Observe,
    Probe,
    Request,
    Sign,
    Deadline,
    Gate,
    Analyzer,
    *EDGE,
    Stopgap,
)
OF_PROPOSERS: dict[str, type[Struct]] = {
    "proposers": Proposers,
    "proposers.agent": AgentCommand,
    "proposers.model": LanguageModel,
    "proposers.budget": ProposerBudget,
}
"""Their keys have no place elsewhere, and those of others none there."""


def decode(text: str, *, file: str = FILE) -> Configuration:
    """The whole file as records. Raises BadConfiguration that names the file, the place and the mend."""
    if len(text) > LIMIT:
        raise BadConfiguration(f"{file} is larger than {LIMIT} bytes", hint="it should be a page or two")
    try:
        document = toml_document(text)
    except tomllib.TOMLDecodeError as error:
        raise BadConfiguration(f"{file} is not TOML: {error}", hint=EXAMPLE) from error
    try:
        configuration = msgspec.convert(document, Configuration)
    except msgspec.ValidationError as error:
        raise BadConfiguration(f"{file}: {_words(str(error))}", hint=_near(str(error))) from error
    for problem in _problems(configuration):
        raise BadConfiguration(f"{file}: {problem}", hint=EXAMPLE)
    return configuration


def seconds_of(every: str) -> int:
    """`90s`, `15m`, `1h`, `7d` in seconds; raises ValueError."""
    found = EVERY.fullmatch(every.strip())
    if found is None:
        raise ValueError(f"{every!r} is not a time like 90s, 15m, 1h or 7d")
    return int(found["count"]) * SECONDS[found["unit"]]


def _words(message: str) -> str:
    """msgspec's `$.applications[0].name` reads better as `applications[0].name`."""
    return message.replace("Object contains unknown field", "unknown key").replace("`$.", "`").replace("`$`", "the top")


def _near(message: str) -> str:
    """The key that was probably meant: another one, where this one has its place elsewhere."""
    unknown = re.search(r"unknown field `([^`]*)`", message)
    if unknown is None:
        return EXAMPLE
    at = re.search(r"at `\$\.([a-z.]+)`", message)
    records = (OF_PROPOSERS[at[1]],) if at and at[1] in OF_PROPOSERS else RECORDS
    known = sorted({name for record in records for name in record.__struct_encode_fields__} - {unknown[1]})
    near = difflib.get_close_matches(unknown[1], known, n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else f"known keys: {', '.join(known)}"


def _problems(configuration: Configuration) -> Iterator[str]:
    """What the types cannot say."""
    names = [application.name for application in configuration.applications]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"two applications are called {name!r}"
    for application in configuration.applications:
        yield from _escapes(application)
    yield from _listening_twice(configuration.applications)
    for environment in configuration.environments:
        if environment.application is None and len(names) > 1:
            several = ", ".join(names)
            yield f"environment {environment.name!r} does not say which of {several} runs there (`application`)"
        elif environment.application is not None and environment.application not in names:
            yield f"environment {environment.name!r} is of {environment.application!r}, which is no application here"
        if environment.probe and environment.url is None:
            yield f"environment {environment.name!r} allows probes but has no `url` to send them to"
    where = [environment.name for environment in configuration.environments]
    yield from deadlines.problems(configuration.deadlines, where)
    yield from gates.problems(configuration.gates)
    budget = configuration.proposers.budget
    for key, every in (("watch_every", configuration.watch_every), ("wall of [proposers.budget]", budget.wall)):
        try:
            seconds_of(every)
        except ValueError as error:
            yield f"{key}: {error}"
    for key in ("attempts", "tokens", "cost_usd", "cost_usd_per_day"):
        if getattr(budget, key) < 0:
            yield f"{key} of [proposers.budget] is {getattr(budget, key)}, and cannot be less than 0"


def _listening_twice(applications: Sequence[Application]) -> Iterator[str]:
    """One of the two would find its address taken when it is started, which may be much later."""
    edges = [(each.name, each.edge) for each in applications if each.delivery == "edge" and each.edge is not None]
    listening = [(name, address) for name, edge in edges for address in edge.listen]
    for (name, address), (other, same) in combinations(listening, 2):
        if is_same_address(address, same):
            who = f"{name!r} twice" if name == other else f"both {name!r} and {other!r}"
            also = "" if address == same else f" ({other!r} says {same}, which takes it too)"
            yield f"{who} `listen` at {address}{also}"


def _escapes(application: Application) -> Iterator[str]:
    """Paths stay inside the repository, and a name is one of a folder."""
    if application.name in ("", ".", "..") or not application.name.isprintable():
        yield f"an application is called {application.name!r}: its name should be a word"
    for path in (application.path, application.test_path, *application.locks):
        if path.startswith("/") or ".." in path.split("/"):
            yield f"application {application.name!r}: {path!r} leads out of the repository"
    if application.branch.startswith("-") or application.remote.startswith("-"):
        yield f"application {application.name!r}: a branch or a remote cannot begin with a dash"
