"""Where Outpace does not edit, the command of the tool that does, and the version to reach."""

from __future__ import annotations

import pytest

from outpace.model.advisory import Fix, Vulnerability
from outpace.model.exposure import Exposure
from outpace.model.inventory import Component
from outpace.model.package import PYPI, Package
from outpace.remediation.by_hand import not_edited, not_run
from outpace.remediation.plan import Blocked, Target, pin_of

WEB = Package(PYPI, "acme-web")


def target(file: str, *nearest: str | None, groups: tuple[str, ...] = ()) -> Target:
    component = Component(package=WEB, version="1.9", file=file, groups=groups)
    found = tuple(
        Exposure(
            component=component, vulnerability=Vulnerability(id=f"X-{at}", package=WEB), fixed=Fix(nearest=version)
        )
        for at, version in enumerate(nearest)
    )
    return Target(pin=pin_of(component), exposures=found)


@pytest.mark.parametrize(
    ("asked", "blocker", "offer"),
    [
        (target("poetry.lock", "2.0", "1.10"), "poetry.lock is written by Poetry alone",
         "poetry update --lock acme-web, to 2.0 or above"),
        (target("services/api/Pipfile.lock", "2.0"), "services/api/Pipfile.lock is written by Pipenv alone",
         "pipenv upgrade 'acme-web>=2.0', in services/api; it writes the demand into the Pipfile too"),
        (target("Pipfile.lock", "2.0", groups=("dev",)), "Pipfile.lock is written by Pipenv alone",
         "pipenv upgrade --dev 'acme-web>=2.0'; it writes the demand into the Pipfile too"),
        (target("Pipfile.lock", None, groups=("docs",)), "Pipfile.lock is written by Pipenv alone",
         "pipenv upgrade --categories docs acme-web; it writes the demand into the Pipfile too"),
        (target("pdm.lock", "2.0", None), "pdm.lock is written by PDM alone", "pdm update --no-sync acme-web"),
        (target("env/conda-lock.yml", "2.0"), "env/conda-lock.yml is written by conda-lock alone",
         "conda-lock lock --lockfile env/conda-lock.yml --update acme-web, to 2.0 or above"),
        (target("environment.yml", "2.0"), "Outpace does not edit environment.yml",
         "change acme-web in it, to 2.0 or above; with a lock file Outpace does it"),
        (target("web/pyproject.toml", "2.0"), "Outpace does not edit web/pyproject.toml",
         "change acme-web in it, to 2.0 or above; with a lock file Outpace does it"),
        (target("sbom.cdx.json", "2.0"), "sbom.cdx.json is not a file that Outpace edits",
         "change what it was made from, to 2.0 or above, and make it again"),
        (target("", None), "what is installed is not a file that Outpace edits",
         "change what it was made from, and make it again"),
    ],
)  # fmt: skip
def test_the_command_is_named_with_the_version_that_all_advisories_call_fixed(
    asked: Target, blocker: str, offer: str
) -> None:
    assert not_edited(asked) == Blocked(blocker=blocker, offer=offer)


def test_after_a_program_was_tried_its_failure_stands_beside_the_command() -> None:
    assert not_run(target("poetry.lock", "2.0"), "poetry 2.5.1 ended with: acme-web (1.9) not found.") == Blocked(
        blocker="poetry.lock is written by Poetry alone: poetry 2.5.1 ended with: acme-web (1.9) not found.",
        offer="poetry update --lock acme-web, to 2.0 or above",
    )
