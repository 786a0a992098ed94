"""Which application is meant: outpace.toml where there is one, else what the repository says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec
from msgspec import Struct

from outpace.model.application import Application, Configuration, Environment, Observe
from outpace.model.errors import UsageError
from outpace.model.probe import Probe
from outpace.pipelines.configuration import FILE, decode

if TYPE_CHECKING:
    from outpace.pipelines.infer import Reading


class Tree(Protocol):
    """A repository's files: those of the working tree for outpace.toml, those of a commit for the rest."""

    @property
    def directory(self) -> str: ...
    @property
    def branch(self) -> str | None: ...
    def paths(self) -> tuple[str, ...]: ...
    def look_up(self, path: str) -> bytes | None: ...


class Setup(Struct, frozen=True, kw_only=True):
    """One application with its environments and probes; `reading` is set where nothing was declared."""

    application: Application
    environments: tuple[Environment, ...] = ()
    probes: tuple[Probe, ...] = ()
    configuration: Configuration = Configuration()
    reading: Reading | None = None

    @property
    def fixable(self) -> Application:
        """What `fix` may change: all that `match` reads, and not only what is inferred to be deployed."""
        if self.reading is None:
            return self.application
        return msgspec.structs.replace(self.application, locks=())


def setup_here(tree: Tree, *, name: str | None = None) -> Setup:
    """The application called `name`, or the only one. Raises UsageError where the choice is open."""
    declared = tree.look_up(FILE)
    configuration = Configuration() if declared is None else decode(declared.decode("utf-8", "replace"))
    if configuration.applications:
        return _declared(configuration, name)
    from outpace.pipelines.infer import read_repository

    reading = read_repository(tree.paths(), tree.look_up, directory=tree.directory, branch=tree.branch)
    if name not in (None, reading.application.name):
        raise UsageError(
            f"there is no application {name!r} here; the repository calls itself {reading.application.name!r}",
            hint="leave --name out, or declare it: outpace init",
        )
    return Setup(
        application=reading.application,
        environments=configuration.environments,
        probes=configuration.probes,
        configuration=configuration,
        reading=reading,
    )


def _declared(configuration: Configuration, name: str | None) -> Setup:
    known = {application.name: application for application in configuration.applications}
    if name is None and len(known) > 1:
        raise UsageError(f"{FILE} declares {', '.join(known)}", hint="say which one: --name NAME")
    chosen = name or next(iter(known))
    if chosen not in known:
        raise UsageError(f"{FILE} declares no application {chosen!r}", hint=f"it declares {', '.join(known)}")
    return Setup(
        application=known[chosen],
        environments=_environments(configuration, known[chosen]),
        probes=configuration.probes,
        configuration=configuration,
    )


def _environments(configuration: Configuration, application: Application) -> tuple[Environment, ...]:
    """The declared ones; the edge's own needs no declaration, unless it may be probed."""
    found = tuple(e for e in configuration.environments if e.application in (None, application.name))
    edge = application.edge if application.delivery == "edge" else None
    if edge is None or any(each.name == edge.environment for each in found):
        return found
    scheme = "https" if edge.tls is not None else "http"
    own = Environment(name=edge.environment, observe=Observe(edge=True), url=f"{scheme}://{edge.listen[0]}")
    return (*found, own)
