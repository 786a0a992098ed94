"""What a gate is for, which evidence could stand for it, and what a human keeps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

from outpace.assessment.evidence import Where
from outpace.assessment.gates import AssessedGate
from outpace.model import gate as declaration
from outpace.pipelines.deadlines import span
from outpace.pipelines.described import CAMEL, name_words
from outpace.pipelines.surveyed import Gate

LETTERS = re.compile(r"[A-Za-z]+")
Kind: TypeAlias = Literal["authorize", "inform", "inspect", "unknown"]
AUTHORIZES = frozenset(
    {"approve", "approval", "approvals", "approved", "approver", "authorize", "authorise", "authorization", "cab",
     "board", "signoff", "permission", "go"}
)  # fmt: skip
INFORMS = frozenset({"notify", "notification", "announce", "announcement", "inform", "communicate", "comms", "heads"})
INSPECTS = frozenset(
    {"qa", "review", "security", "pentest", "penetration", "inspect", "inspection", "verify", "verification", "smoke",
     "uat", "acceptance", "check", "test", "tests", "testing", "audit", "staging", "validate", "validation"}
)  # fmt: skip
PLACES = frozenset(
    {"hold", "wait", "manual", "gate", "environment", "env", "dev", "development", "preview", "canary", "blue", "green",
     "live", "alpha", "beta", "demo", "sandbox", "stage", "pre", "post", "next", "stable", "main", "master", "eu", "us",
     "asia", "emea", "apac", "east", "west", "north", "south", "central", "global", "region", "npm", "docker", "github",
     "pages", "aws", "gcp", "azure", "kubernetes", "cluster", "app", "api", "web", "site", "website", "frontend",
     "backend", "service", "services", "server", "worker", "database", "migrate", "migration", "migrations",
     "terraform", "apply", "plan", "infra", "infrastructure", "integration", "performance", "load", "change",
     "nightly", "build", "start", "run", "all", "full", "docs", "image", "images", "package", "packages", "rollback"}
)  # fmt: skip
"""Words of the trade. Of a gate's name only these are shown: it may hold somebody's."""
DELIVERS = frozenset({"deploy", "deployment", "release", "publish", "promote", "rollout", "production", "prod", "ship"})


class _Exchange(NamedTuple):
    replaced_by: str
    human_keeps: str


EXCHANGES: MappingProxyType[Kind, _Exchange] = MappingProxyType(
    {
        "authorize": _Exchange(
            "separation of duties told by the repository (whoever approves is not the author), a proof of the change "
            "and signed statements about its build; once for all, a standing approval of changes that are proved to "
            "touch lock files alone",
            "changes of a new kind of risk, accepting a proof that stayed undecided, and exceptions with their end",
        ),
        "inspect": _Exchange(
            "evidence bound to what is deployed: its suite, a scan with the cut-off of its data and what it left "
            "unknown, a probe of the running system",
            "looking for what no test was written for, and judging what the evidence leaves unknown",
        ),
        "inform": _Exchange(
            "a record that anybody can read and that is written by the run itself: what went where, when and why",
            "talking with customers and with those on call where it changes something for them",
        ),
        "unknown": _Exchange(
            "not told: neither its name nor its kind says what it is for; declare it in outpace.toml under [[gates]]",
            "saying what it is for, and what it has ever stopped",
        ),
    }
)
OF_A_SERVER = _Exchange(
    "not told: whether somebody must say yes there is a setting of the server; declare it in outpace.toml under "
    "[[gates]] with what it is for",
    "saying who must agree there, and what they look at",
)


def assess_gates(found: Sequence[Gate], declared: Sequence[declaration.Gate] = ()) -> tuple[AssessedGate, ...]:
    """Those that are declared come first; one that names a job of CI takes over the places that hold there."""
    united: dict[str, list[Gate]] = {}
    for each in found:
        united.setdefault(_key(each.name), []).append(each)
    taken = {_key(each.job) for each in declared if each.job} | {_key(each.name) for each in declared}
    return (
        *(_declared(each, tuple(_matching(each, united))) for each in declared),
        *(_found(tuple(gates)) for key, gates in united.items() if key not in taken),
    )


def _key(name: str | None) -> str:
    return (name or "").strip().casefold()


def _matching(gate: declaration.Gate, united: dict[str, list[Gate]]) -> Iterator[Gate]:
    for key in dict.fromkeys((_key(gate.job), _key(gate.name))):
        yield from united.get(key, ())


def _declared(gate: declaration.Gate, found: tuple[Gate, ...]) -> AssessedGate:
    exchange = EXCHANGES[gate.kind]
    return AssessedGate(
        name=gate.name,
        kind=gate.kind,
        manual=True,
        wait=_span(gate.wait),
        touch=_span(gate.touch),
        replaced_by=exchange.replaced_by,
        human_keeps=exchange.human_keeps,
        where=_places(found),
        declared=True,
    )


def _found(gates: tuple[Gate, ...]) -> AssessedGate:
    told = next((each for each in gates if each.manual), gates[0])
    kind = kind_of(told)
    exchange = EXCHANGES[kind] if told.manual is not None else OF_A_SERVER
    return AssessedGate(
        name=shown(told.name, told.sort),
        kind=kind,
        manual=told.manual,
        replaced_by=exchange.replaced_by,
        human_keeps=exchange.human_keeps,
        where=_places(gates),
    )


def shown(name: str, sort: str) -> str:
    """What of its name says where or what it is; its sort where nothing does."""
    known = AUTHORIZES | INFORMS | INSPECTS | DELIVERS | PLACES | {"sign", "off"}
    words = [word for word in LETTERS.findall(CAMEL.sub(" ", name[:300])) if word.lower() in known]
    return " ".join(dict.fromkeys(words)) or sort


def kind_of(gate: Gate) -> Kind:
    """By its name, then by its sort. An environment's name is that of a place, and tells nothing of who is asked."""
    if gate.sort == "environment":
        return "unknown"
    words = name_words(gate.name)
    if words & AUTHORIZES or {"sign", "off"} <= words:
        return "authorize"
    if words & INFORMS:
        return "inform"
    if words & INSPECTS:
        return "inspect"
    if gate.sort == "approval" or words & DELIVERS:
        return "authorize"  # whoever starts it says that it goes out
    return "unknown"


def _span(told: str) -> timedelta | None:
    return span(told) if told else None


def _places(gates: Sequence[Gate]) -> tuple[Where, ...]:
    origins = dict.fromkeys(each.origin for each in gates)
    return tuple(Where(kind="file", name=each.file, line=each.line or None) for each in origins)
