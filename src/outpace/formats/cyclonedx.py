"""A match as CycloneDX 1.6: the bill of materials of what was read, and the VEX of what is exposed or unknown in it."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import TypeAlias

import msgspec
from msgspec import structs

from outpace import __version__
from outpace.app.match import View
from outpace.formats import cyclonedx_bom as bom
from outpace.formats.advice import advisory_page, distinct, method, purl, shown
from outpace.formats.origins import in_words
from outpace.formats.plain import escaped
from outpace.formats.statements import Statement, Status, statements
from outpace.model.advisory import Scored, Severity, VectorOnly
from outpace.model.fact import digest_of
from outpace.model.inventory import Component, Editable, Inventory, Workspace

SUBJECT = "subject"
STATES = {Status.AFFECTED: "exploitable", Status.UNDER_INVESTIGATION: "in_triage"}
VERSIONS = {Status.AFFECTED: "affected", Status.UNDER_INVESTIGATION: "unknown"}

Refs: TypeAlias = Mapping[Component, str]


def sbom(view: View) -> bytes:
    """Every component that was read, with who asks for it where a file tells."""
    inventory = view.matched.inventory
    refs = _refs(inventory.components)
    return _document(
        bom.Bom(
            bom_format="CycloneDX",
            spec_version="1.6",
            version=1,
            metadata=_metadata(view),
            components=_components(inventory.components, refs),
            dependencies=tuple(_dependencies(inventory.components, refs)),
            compositions=(bom.Composition(aggregate=_aggregate(inventory), assemblies=(SUBJECT,)),),
        )
    )


def vex(view: View) -> bytes:
    """Only the components that something is said of, so that it stands by itself."""
    said = statements(view.matched)
    components = tuple(dict.fromkeys(component for each in said for component in each.components))
    refs = _refs(components)
    return _document(
        bom.Bom(
            bom_format="CycloneDX",
            spec_version="1.6",
            version=1,
            metadata=_metadata(view),
            components=_components(components, refs),
            vulnerabilities=tuple(_vulnerability(number, each, refs) for number, each in enumerate(said, 1)),
        )
    )


def bill(inventory: Inventory, name: str, version: str, at: datetime) -> bytes:
    """Of what a release holds. The same inventory gives the same bytes, whoever writes it down, and when."""
    refs = _refs(inventory.components)
    noted = (_property("source", inventory.source),)
    noted += tuple(_property("not-understood", f"{each.file}: {each.why}") for each in inventory.unread)
    return _document(
        bom.Bom(
            bom_format="CycloneDX",
            spec_version="1.6",
            version=1,
            metadata=bom.Metadata(
                timestamp=at,
                tools=bom.Tools(components=(bom.Component(type="application", name="outpace"),)),
                component=bom.Component(
                    type="application", ref=SUBJECT, name=shown(name) or "unnamed", version=shown(version)
                ),
                properties=noted,
            ),
            components=_components(inventory.components, refs),
            dependencies=tuple(_dependencies(inventory.components, refs)),
            compositions=(bom.Composition(aggregate=_aggregate(inventory), assemblies=(SUBJECT,)),),
        )
    )


def _document(content: bom.Bom) -> bytes:
    """The serial number is that of the content, so that the same content has the same."""
    serial = uuid.UUID(bytes=bytes.fromhex(digest_of(content))[:16], version=4)
    whole = structs.replace(content, serial_number=f"urn:uuid:{serial}")
    return msgspec.json.format(escaped(msgspec.json.encode(whole)), indent=2)


def _metadata(view: View) -> bom.Metadata:
    inventory = view.matched.inventory
    name = PurePath(view.root).name if inventory.source == "files" else inventory.source
    noted = [_property("source", inventory.source)]
    if inventory.source == "files":  # elsewhere they are paths of this machine
        noted += [_property("read", file) for file in inventory.files]
    noted += [_property("not-understood", f"{each.file}: {each.why}") for each in inventory.unread]
    noted += [_property("not-covered", f"{each.file}: {each.why}") for each in inventory.uncovered]
    return bom.Metadata(
        timestamp=view.at,
        tools=bom.Tools(components=(bom.Component(type="application", name="outpace", version=__version__),)),
        component=bom.Component(type="application", ref=SUBJECT, name=shown(name) or "unnamed"),
        properties=tuple(noted),
    )


def _aggregate(inventory: Inventory) -> str:
    """Known to be incomplete, or not known to be complete: other ecosystems are not looked for."""
    return "incomplete" if inventory.unread or inventory.uncovered else "unknown"


def _property(name: str, value: str) -> bom.Property:
    return bom.Property(name=f"outpace:{name}", value=shown(value))


def _refs(components: Iterable[Component]) -> Refs:
    """One for each package, version and origin, wherever it is pinned; a package URL where it is unambiguous."""
    names: dict[tuple[object, ...], str] = {}
    taken = Counter[str]()
    found: dict[Component, str] = {}
    for each in components:
        key = (each.package, each.version, each.version or each.specifier, each.origin)
        if key not in names:
            name = purl(each)
            taken[name] += 1
            names[key] = name if taken[name] == 1 else f"{name}#{taken[name]}"
        found[each] = names[key]
    return found


def _components(components: Iterable[Component], refs: Refs) -> tuple[bom.Component, ...]:
    together: dict[str, list[Component]] = {}
    for each in components:
        together.setdefault(refs[each], []).append(each)
    return tuple(_component(ref, several) for ref, several in together.items())


def _component(ref: str, several: Sequence[Component]) -> bom.Component:
    """The project's own code has no package URL: that would say that it is the published package of its name."""
    one = several[0]
    own = isinstance(one.origin, Workspace | Editable)
    noted = [("specifier", "" if one.version else one.specifier), ("origin", in_words(one.origin))]
    noted += [("group", name) for name in distinct(group for each in several for group in each.groups)]
    noted += [("marker", name) for name in distinct(each.marker for each in several)]
    where = dict.fromkeys(_occurrence(each) for each in several if each.file)
    return bom.Component(
        type="application" if own else "library",
        ref=ref,
        name=shown(one.package.name) or "unnamed",
        version=shown(one.version or ""),
        purl="" if own else purl(one),
        evidence=bom.Evidence(occurrences=tuple(where)) if where else None,
        properties=tuple(_property(name, value) for name, value in noted if value),
    )


def _occurrence(component: Component) -> bom.Occurrence:
    return bom.Occurrence(location=shown(component.file), line=component.line)


def _dependencies(components: Sequence[Component], refs: Refs) -> Iterator[bom.Dependency]:
    """Only of files that tell who asks for whom: elsewhere, what a component needs is unknown and left out."""
    telling = {each.file for each in components if each.parents}
    here: dict[tuple[str, str], list[str]] = {}
    for each in components:
        here.setdefault((each.file, each.package.name), []).append(refs[each])
    needs: dict[str, dict[str, None]] = {}
    direct = {refs[each]: None for each in components if each.direct and not isinstance(each.origin, Workspace)}
    if direct:
        needs[SUBJECT] = direct
    for each in components:
        if each.file in telling:
            needs.setdefault(refs[each], {})
        for parent in each.parents:
            for ref in here.get((each.file, parent), ()):
                if ref != refs[each]:
                    needs.setdefault(ref, {})[refs[each]] = None
    yield from (bom.Dependency(ref=ref, depends_on=tuple(found)) for ref, found in needs.items())


def _vulnerability(number: int, each: Statement, refs: Refs) -> bom.Vulnerability:
    found = each.vulnerability
    affects = {refs[component]: component for component in each.components}
    known = () if found.exploited is None else (_property("in-kev-since", f"{found.exploited.added:%Y-%m-%d}"),)
    return bom.Vulnerability(
        ref=f"vulnerability-{number}",
        id=shown(found.id),
        source=_source(found.id),
        references=tuple(bom.Reference(id=shown(name), source=_source(name)) for name in found.aliases),
        ratings=(_rating(found.severity),),
        description=shown(found.summary),
        recommendation=shown(each.action),
        published=found.published,
        analysis=bom.Analysis(state=STATES[each.status], detail=shown(each.notes)),
        affects=tuple(_affects(ref, component, each.status) for ref, component in affects.items()),
        properties=known,
    )


def _affects(ref: str, component: Component, status: Status) -> bom.Affects:
    version = shown(component.version or "")
    return bom.Affects(
        ref=ref, versions=(bom.AffectedVersion(version=version, status=VERSIONS[status]),) if version else ()
    )


def _source(name: str) -> bom.Source:
    return bom.Source(name="OSV", url=advisory_page(name))


def _rating(severity: Severity) -> bom.Rating:
    match severity:
        case Scored(score, rating, vector):
            return bom.Rating(score=score, severity=rating, method=method(vector), vector=shown(vector))
        case VectorOnly(vector):
            return bom.Rating(severity="unknown", vector=shown(vector))
        case _:
            return bom.Rating(severity="unknown")
