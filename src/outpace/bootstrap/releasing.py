"""Releases of the edge: where they lie, and what they are built with."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from outpace.app.release import CollectView
    from outpace.bootstrap import Places
    from outpace.engines.git import Repository
    from outpace.engines.oci import Image
    from outpace.engines.registry import Registry
    from outpace.engines.release_build import ReleaseBuild
    from outpace.engines.release_store import ReleaseStore, Stored
    from outpace.model.application import Application


def edge_folder(where: Places, application: Application) -> Path:
    """Of one application on this host."""
    return where.state / "edge" / quote(application.name, safe="")


def release_store(where: Places, application: Application) -> ReleaseStore:
    from outpace.engines.release_store import ReleaseStore

    return ReleaseStore(edge_folder(where, application))


def release_builder(
    where: Places,
    application: Application,
    repository: Repository,
    *,
    report: Callable[[str], None],
    environ: Mapping[str, str] = os.environ,
) -> ReleaseBuild:
    """Raises Unconfined where there is no sandbox."""
    from outpace.engines.confined_build import ConfinedBuild
    from outpace.engines.confined_python import tier_of
    from outpace.engines.python_by_install import production_recipe_for
    from outpace.engines.python_environment import PythonEnvironments
    from outpace.engines.release_build import ReleaseBuild
    from outpace.formats.cyclonedx import bill

    tier = tier_of()
    environments = PythonEnvironments(
        where.cache / "environments",
        environ=environ,
        builds=ConfinedBuild(tier=tier, environ=environ),
        report=report,
        recipes=production_recipe_for,
    )
    store = release_store(where, application)
    return ReleaseBuild(store, repository, environments, bill=bill, tier=tier, report=report)


def build_release(
    where: Places,
    application: Application,
    repository: Repository,
    revision: str,
    *,
    report: Callable[[str], None],
    environ: Mapping[str, str] = os.environ,
    anew: bool = False,
) -> Stored:
    """The release of a commit (its full id). The same inputs give the stored one, quickly."""
    return release_builder(where, application, repository, report=report, environ=environ).build(
        application, revision, anew=anew
    )


def release_image(where: Places, store: ReleaseStore, stored: Stored) -> Image:
    """Its layers, once compressed, are kept in the cache."""
    from outpace.engines.oci import Images

    return Images(store, where.cache / "images").image(stored)


def release_layout(image: Image, to: Path, name: str) -> None:
    from outpace.engines.oci import exported

    exported(image, to, name)


def release_registry(
    place: str, *, credentials: str, report: Callable[[str], None], environ: Mapping[str, str] = os.environ
) -> Registry:
    """`credentials` is a reference to `user:password`, or empty. Nothing is asked of the registry yet."""
    from outpace.bootstrap.references import secret_of
    from outpace.engines.registry import Registry, reference_of

    secret = secret_of(credentials, environ) if credentials else ""
    return Registry(reference_of(place), credentials=secret, report=report)


def releases_running(store: ReleaseStore) -> frozenset[str]:
    from outpace.engines.release_use import running

    return running(store)


def releases_needed(store: ReleaseStore) -> frozenset[str]:
    """By the files of the edge, or because it is pinned."""
    from outpace.engines.release_use import named

    return named(store)


def releases_collected(folder: Path, application: str, *, keep: int, dry_run: bool = False) -> CollectView:
    """Those that go by the rule; and with them what their rollouts left."""
    from outpace.app.release import collect
    from outpace.engines.envoy.sweeping import sweep
    from outpace.engines.release_store import ReleaseStore
    from outpace.model.times import now

    store = ReleaseStore(folder)
    view = collect(
        store,
        application,
        running=lambda: releases_running(store),
        needed=lambda: releases_needed(store),
        keep=keep,
        now=now(),
        dry_run=dry_run,
    )
    if not dry_run:
        sweep(folder, frozenset(each.digest for each in store.all()))
    return view
