"""Respond to what is exposed: one run of the story for one application."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from outpace.app.applications import Setup
from outpace.model.advisory import Coverage
from outpace.model.errors import NotFound
from outpace.store.facts import Facts
from outpace.stories.gather import Scope
from outpace.stories.ports import Hands, World
from outpace.stories.respond import Outcome, Respond


class View(Struct, frozen=True, kw_only=True):
    application: str
    outcome: Outcome
    at: datetime
    asked: str | None = None  # an advisory

    @property
    def coverage(self) -> Coverage | None:
        return self.outcome.matched.coverage


def respond(
    setup: Setup,
    *,
    subject: str,
    world: World,
    hands: Hands,
    facts: Facts,
    report: Callable[[str], None],
    now: datetime,
    advisory: str | None = None,
) -> View:
    """Until everything is closed, stopped or waiting. Raises NotFound for an advisory that is no case here."""
    scope = Scope(
        subject=subject,
        application=setup.application,
        environments=setup.environments,
        probes=setup.probes,
        stopgaps=setup.configuration.stopgaps if setup.application.delivery == "edge" else (),
        began=now,
    )
    story = Respond(scope, world=world, hands=hands, facts=facts, report=report)
    outcome = story.run(lambda ids: advisory is None or _names(ids, advisory))
    if advisory is not None and not outcome.rested and not outcome.unknown:
        raise NotFound(
            f"{setup.application.name} is not exposed to {advisory}, as far as the advisories at hand reach",
            hint="outpace match shows what it is exposed to; outpace advisories status how old the data is",
        )
    return View(application=setup.application.name, outcome=outcome, at=now, asked=advisory)


def _names(ids: frozenset[str], advisory: str) -> bool:
    return advisory.casefold() in {identity.casefold() for identity in ids}
