"""What a rollout is refused for before anything begins: what could not be taken back, or would touch production."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outpace.app.rollout_parts import Candidate
    from outpace.bootstrap.edge import EdgePlace
    from outpace.delivery.edge.standing import Standing


def gate(place: EdgePlace, candidate: Candidate, standing: Standing) -> None:
    """While the good release goes on, they run on its database. Raises Refused, naming them."""
    from outpace.app.migrations import migrations
    from outpace.app.staged import ensure_apart
    from outpace.bootstrap.staged import StagingGround
    from outpace.delivery.migrations.finding import Packages
    from outpace.delivery.migrations.road import Refuse
    from outpace.engines.package_migrations import package_migrations
    from outpace.model.errors import Refused

    here, good = place.here, standing.good
    if good is None:
        return
    if place.edge.staging.data and place.recorded.exists():  # it is compared on copies of these
        ensure_apart(StagingGround(place))
    running = place.store.find(good.release).manifest.revision
    if here.repository.resolve(running) is None:
        if place.irreversible:
            return
        raise Refused(
            f"what runs was built from {running[:10]}, which is not here, so its migrations are not known",
            hint='git fetch --unshallow; or --accept-irreversible "why this may be"',
        )
    applied = place.runtime.migrated()
    if applied and here.repository.resolve(applied) is None:
        here.report(f"{applied[:10]} migrated the database and was taken back; what it did is not here to be read")
        applied = ""
    both = (good.release, candidate.release)
    view = migrations(
        place.application,
        running,
        candidate.revision,
        here.tree_of,
        place.irreversible or None,
        applied if applied and applied != running else None,
        packages=Packages(*(package_migrations(place.store.find(one).environment) for one in both)),
    )
    if isinstance(view.plan, Refuse):
        raise Refused(f"{view.plan.why}: {'; '.join(view.plan.named)}", hint=view.plan.would_allow)
    for line in (*view.plan.waits, *view.plan.cautions):
        here.report(line)
