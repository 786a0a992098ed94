"""What `outpace test generate` works with: the project's own tests and style, and what those tests notice already."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outpace.app.test_generate import Seeds
    from outpace.bootstrap.testing import TestPlace
    from outpace.engines.test_sources import TestSources
    from outpace.testing.generation import Generation, Module
    from outpace.testing.mutants.targets import Chosen
    from outpace.testing.ports import Inside

BUDGET = 4000


def generated(
    here: TestPlace,
    tree: Path,
    paths: Collection[str],
    files: Iterable[Chosen],
    *,
    seed: int = 1,
    budget: int = BUDGET,
) -> tuple[Generation, ...]:
    """For these files of a tree, which is written to. `paths` are all that lie in it."""
    from outpace.app import test_generate as app
    from outpace.engines.test_sources import TestSources
    from outpace.testing.writing.style import formatter_of, style_of

    below = here.application.test_path or here.application.path
    sources = TestSources(tree, paths, here.built.roots)
    texts = [(each.path, each.functions, sources.text(each.path)) for each in files]
    modules = app.modules_of(texts, here.built.roots)
    tests = sources.tests(below)
    package = modules[0].name.partition(".")[0] if modules else ""
    settings = sources.settings(below)
    style = style_of(
        tests,
        settings,
        package=package,
        has_pytest=here.has_pytest,
        has_hypothesis=here.has("hypothesis"),
    )
    formatter = formatter_of(settings)
    formatted = here.formatter(formatter) if formatter else app.as_written
    how = app.How(seed=seed, budget=budget, formatted=formatted)
    inside = here.inside(tree)
    seeds = _seeds(here, inside, tree, sources, modules, tests)
    found = app.generate(inside, sources, modules, style, how, seeds=seeds) if modules else ()
    return (*found, *app.unusable(texts, here.built.roots))


def _seeds(
    here: TestPlace,
    inside: Inside,
    tree: Path,
    sources: TestSources,
    modules: Sequence[Module],
    tests: Mapping[str, str],
) -> Seeds:
    """By pytest, which runs the project's own tests for it."""
    from outpace.app.test_covered import covered
    from outpace.app.test_generate import Seeds
    from outpace.app.test_mutants import Suite
    from outpace.app.test_observed import observed

    calls = tuple(tests.values())
    if not (here.has_pytest and modules and tests):
        return Seeds(calls=calls)
    suite = Suite(inside=inside, root=str(tree), words=here.words, environment=here.built.digest)
    return Seeds(
        calls=calls,
        observed=observed(suite.inside, [sources.path_of(each) for each in modules], here.words),
        covered=covered(suite, modules, kept=here.verdicts, report=here.report),
    )
