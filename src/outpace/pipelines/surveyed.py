"""What a repository's CI does, whatever the service: pipelines, jobs, what each does, and the gates in between."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from outpace.model.unknown import Unknown
from outpace.pipelines.events import Origin

System: TypeAlias = Literal[
    "GitHub Actions", "GitLab CI", "Jenkins", "CircleCI", "Azure Pipelines", "Travis CI", "Buildkite"
]
Does: TypeAlias = Literal["tests", "lint", "scan", "coverage gate", "build", "publish", "deploy", "docs"]


class Task(Struct, frozen=True, kw_only=True):
    """One thing a job does. `tool` names a program or an action, never a person."""

    does: Does
    tool: str
    origin: Origin
    blocking: bool | None = None  # False: its failure is waved through (`continue-on-error`, `|| true`); None: not told
    target: Literal["production", "staging", "package index", "registry", "pages", ""] = ""


class Gate(Struct, frozen=True, kw_only=True):
    """Where a run waits for somebody. `manual` None: the rules live in the server's settings, not in git."""

    name: str
    sort: Literal["manual job", "approval", "input", "environment", "hold", "block step"]
    origin: Origin
    manual: bool | None = True


class Job(Struct, frozen=True, kw_only=True):
    name: str
    origin: Origin
    tasks: tuple[Task, ...] = ()
    gates: tuple[Gate, ...] = ()
    for_changes: bool = True  # begun by a push or a pull request
    unread: tuple[str, ...] = ()  # what of it could not be followed, in words


class Pipeline(Struct, frozen=True, kw_only=True):
    """One definition: a workflow file, a Jenkinsfile."""

    system: System
    file: str
    jobs: tuple[Job, ...] = ()
    unread: tuple[str, ...] = ()


class Bot(Struct, frozen=True, kw_only=True):
    """An update bot by its configuration file. `lands` None: whether it may merge by itself is not told."""

    name: str
    origin: Origin
    lands: bool | None = None
    lands_by: Origin | None = None  # where it is told that its changes land by themselves
    cool_down_days: int | None = None


class Present(Struct, frozen=True, kw_only=True, tag=True):
    where: tuple[Origin, ...]


class Absent(Struct, frozen=True, kw_only=True, tag=True):
    """Proved: everything that CI runs was read, and it is in none of it."""

    read: int  # jobs


Seen: TypeAlias = Present | Absent | Unknown


class Survey(Struct, frozen=True, kw_only=True):
    """All definitions of one revision. Absence is only said where everything could be followed."""

    pipelines: tuple[Pipeline, ...] = ()
    bots: tuple[Bot, ...] = ()
    tests: Seen
    scans: Seen
    deploys: Seen
    coverage_gate: Seen
    pinned_actions: tuple[int, int] = (0, 0)  # by digest, of all foreign ones
    owners: tuple[str, ...] = ()  # CODEOWNERS files; enforcement is the server's setting
