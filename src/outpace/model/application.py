"""A thing we deploy: repository, how it is tested and run, its environments. The shape of outpace.toml."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from outpace.model.analyzer import Analyzer
from outpace.model.deadline import Deadline
from outpace.model.edge import Edge
from outpace.model.gate import Gate
from outpace.model.probe import Probe
from outpace.model.proposers import Proposers
from outpace.model.stopgap import Stopgap

BY_EDGE = "the edge"
Land: TypeAlias = Literal["branch", "push", "pull-request"]  # the last pushes, and asks a person to open one


class Observe(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to find what runs. Exactly one of them is set."""

    pid_file: str | None = None  # relative to the application's directory, or absolute
    port: int | None = None  # a TCP port that a local process listens on
    unit: str | None = None  # a systemd unit
    process: str | None = None  # a part of the command line
    command: tuple[str, ...] | None = None  # prints an inventory: CycloneDX, pip's JSON list or requirement lines
    recorded: str | None = None  # only what was recorded under this name counts
    edge: bool | None = None  # the processes of the release that Outpace's own edge sends users to

    def __post_init__(self) -> None:
        ways = [name for name in self.__struct_fields__ if getattr(self, name) is not None]
        if len(ways) != 1:
            known = ", ".join(self.__struct_fields__)
            raise ValueError(f"`observe` needs exactly one of {known}; it has {' and '.join(ways) or 'none'}")


class Environment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where an application runs."""

    name: str
    observe: Observe
    url: str | None = None  # where probes go
    probe: bool = False  # probing this environment is allowed
    application: str | None = None  # needed only where there are several


class Application(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every path is relative to the repository's root. Commands are argument vectors, never shell strings."""

    name: str
    path: str = "."
    locks: tuple[str, ...] = ()  # the component sets that are deployed; empty: every lock under `path`
    test: tuple[str, ...] = ()  # run by the environment's own python: ["pytest", "-q"], ["python", "-m", "unittest"]
    test_env: dict[str, str] = {}  # variables for the suite
    test_path: str = ""  # where the suite is started; empty: `path`
    install: tuple[str, ...] = ()  # what it needs beside the locks: "-r FILE", "-e .[extra]", "--group NAME", "name>=1"
    python: tuple[str, ...] = ()  # the first of them that is here: ["3.11", "any"]; empty: what the project accepts
    imports: tuple[str, ...] = ()  # entry points that must still import: "shop.app", "shop.app:create"
    run: tuple[str, ...] = ()  # starts it in the sandbox for probes; {port} is filled in
    ready: str = "/"  # a path that answers below 500 once it serves
    run_setup: tuple[str, ...] = ()  # prepares data before `run`, in the sandbox
    branch: str = "main"  # what the pipeline deploys
    deploy: tuple[str, ...] = ()  # the user's own command; empty: somebody else deploys
    land: Land = "branch"
    remote: str = "origin"
    accept_undecided: str = ""  # the reason why undecided changes may be deployed
    delivery: Literal["attached", "edge"] = "attached"  # who deploys: your pipeline, or Outpace's own edge
    edge: Edge | None = None

    @property
    def deploys(self) -> str:
        """What brings a revision to its users without anybody else, in words; empty: somebody else deploys."""
        return BY_EDGE if self.delivery == "edge" else " ".join(self.deploy)

    def __post_init__(self) -> None:
        if self.delivery == "edge" and self.edge is None:
            raise ValueError(f'{self.name} says `delivery = "edge"` and has no [applications.edge]')
        if self.delivery == "edge" and not self.run:
            raise ValueError(f'{self.name} says `delivery = "edge"` and no `run`, so that nothing can be started')
        if self.delivery == "edge" and self.deploy:
            raise ValueError(f'{self.name} says `delivery = "edge"` and has a `deploy` command: one of them deploys')


class Configuration(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """outpace.toml, whole."""

    applications: tuple[Application, ...] = ()
    environments: tuple[Environment, ...] = ()
    probes: tuple[Probe, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    gates: tuple[Gate, ...] = ()
    stopgaps: tuple[Stopgap, ...] = ()
    proposers: Proposers = Proposers()
    analyzers: dict[str, Analyzer] = {}  # by the name that a task says
    state: str | None = None
    watch_every: str = "1h"
