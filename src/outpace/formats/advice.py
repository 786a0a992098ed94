"""What several formats say of an exposure: what to do, where to read more, how bad it is."""

from __future__ import annotations

import re
from collections.abc import Iterable

from packaging.version import Version

from outpace.app.match import Clean, Doubtful, Exposed, Unreadable, View
from outpace.ecosystems.pypi.versions import parse
from outpace.formats.plain import printable, shortened
from outpace.model.advisory import Coverage, Scored, Severity, VectorOnly, Vulnerability
from outpace.model.exposure import Exposure
from outpace.model.inventory import Component
from outpace.model.package import Package

FILES_NAMED = 4
PAGES = "https://osv.dev/vulnerability/"
MATCHED_ONLY = "By version only: whether the vulnerable code is reached was not looked at."

_PUBLISHED = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)+", re.ASCII)
_METHODS = (("CVSS:4.0/", "CVSSv4"), ("CVSS:3.1/", "CVSSv31"), ("CVSS:3.0/", "CVSSv3"))


def advisory_page(name: str) -> str:
    """Where OSV shows it; empty for what is no id that OSV would have."""
    return PAGES + name if _PUBLISHED.fullmatch(name) and len(name) <= 100 else ""


def pin(component: Component) -> str:
    """As one would type it."""
    extras = f"[{','.join(component.extras)}]" if component.extras else ""
    return f"{component.package.name}{extras} {component.version or component.specifier or '(not pinned)'}"


def purl(component: Component) -> str:
    """Of the release that it names; half a character pair, which no URL can carry, becomes a question mark."""
    name, version = (_whole(text) for text in (component.package.name, component.version or ""))
    return Package(component.package.ecosystem, name).purl(version or None)


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def action(exposure: Exposure) -> str:
    """One sentence that names the fixed version, or says that none is known."""
    name = exposure.component.package.name
    fix = exposure.fixed
    assumed = " This is assumed: the record names only the last affected version." if fix.assumed else ""
    if fix.after is not None:
        named = f", or to {fix.nearest}, which is on another branch" if fix.nearest is not None else ""
        return f"Upgrade {name} above {fix.after}{named}.{assumed}"
    if fix.same_branch is not None:
        return f"Upgrade {name} to {fix.same_branch}.{assumed}"
    if fix.nearest is not None:
        return f"Upgrade {name} to {fix.nearest}, which is on another branch.{assumed}"
    if fix.assumed:
        return f"Upgrade {name} above the last affected version.{assumed}"
    return f"No fixed version of {name} is known: replace it, remove it, or mitigate."


def target(exposure: Exposure) -> str:
    """The fixed version on the same branch, else the nearest; empty where none is known."""
    return exposure.fixed.same_branch or exposure.fixed.nearest or ""


def score(severity: Severity) -> float | None:
    return severity.score if isinstance(severity, Scored) else None


def vector(severity: Severity) -> str:
    match severity:
        case Scored(_, _, found) | VectorOnly(found):
            return found
        case _:
            return ""


def method(vector: str) -> str:
    """CycloneDX's word for the standard that a vector is written in; v2's vectors do not name theirs."""
    return next((word for prefix, word in _METHODS if vector.startswith(prefix)), "CVSSv2")


def count(number: int, noun: str) -> str:
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def listed(names: Iterable[str], most: int = FILES_NAMED) -> str:
    every = list(names)
    shown = ", ".join(every[:most])
    return shown if len(every) <= most else f"{shown} and {len(every) - most} more"


def answer_in_words(view: View, unreadable: str) -> str:
    """The first sentence of a match; `unreadable` names the files of which nothing could be read."""
    matched = view.matched
    total = count(len(matched.inventory.components), "component")
    match view.answer:
        case Exposed():
            affected = {(each.component.package, each.component.version) for each in matched.exposures}
            many = count(len({each.vulnerability.id for each in matched.exposures}), "vulnerability")
            return f"Exposed: {many} in {len(affected)} of {total}."
        case Clean():
            return f"Not exposed: {total}, none affected as far as the advisories reach."
        case Doubtful():
            return f"Unknown in part: {total}, none known to be affected, and some cannot be judged."
        case Unreadable():
            return f"Unknown: {unreadable} could not be read."


def severity_in_words(severity: Severity, unknown: str = "unknown") -> str:
    match severity:
        case Scored(score, rating, _):
            return f"{score:.1f} {rating}"
        case VectorOnly(found):
            return found
        case _:
            return unknown


def exploited_in_words(vulnerability: Vulnerability, coverage: Coverage | None) -> str:
    """Yes with its day, no, or unknown: without a catalog nobody can say that it is not listed."""
    if vulnerability.exploited is not None:
        return f"yes, since {vulnerability.exploited.added:%Y-%m-%d}"
    return "no" if coverage is not None and coverage.kev_cutoff is not None else "unknown"


def until(coverage: Coverage) -> str:
    return f"up to {coverage.cutoff:%Y-%m-%d}" if coverage.cutoff else "of an unknown day"


def shown(text: str, most: int = 1_000) -> str:
    """One line that every encoding can carry and no terminal obeys."""
    return shortened(printable(" ".join(shortened(text, 2 * most).split())), most)


def distinct(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for item in items if item))


def highest(versions: Iterable[str]) -> str | None:
    """None where one of them cannot be ordered, or there is none."""
    found: dict[Version, str] = {}
    for version in versions:
        if (parsed := parse(version)) is None:
            return None
        found[parsed] = version
    return found[max(found)] if found else None
