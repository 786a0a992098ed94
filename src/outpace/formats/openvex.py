"""A match as OpenVEX 0.2.0: https://github.com/openvex/spec."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

import msgspec
from msgspec import Struct, field

from outpace import __version__
from outpace.app.match import View
from outpace.formats.advice import advisory_page, purl, shown
from outpace.formats.plain import escaped
from outpace.formats.statements import Statement, Status, statements
from outpace.model.fact import digest_of
from outpace.model.inventory import Component

CONTEXT = "https://openvex.dev/ns/v0.2.0"
DOCUMENTS = "https://openvex.dev/docs/public/vex-"
AUTHOR = "Unknown Author"  # OpenVEX wants a person or an organization here, and a tool is neither


class Vulnerability(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: str = field(name="@id", default="")
    name: str
    description: str = ""
    aliases: tuple[str, ...] = ()


class Identifiers(Struct, frozen=True, kw_only=True):
    purl: str


class Product(Struct, frozen=True, kw_only=True):
    id: str = field(name="@id")
    identifiers: Identifiers


class Said(Struct, frozen=True, kw_only=True, omit_defaults=True):
    vulnerability: Vulnerability
    products: tuple[Product, ...]
    status: Status
    status_notes: str = ""
    action_statement: str = ""
    action_statement_timestamp: datetime | None = None


class Document(Struct, frozen=True, kw_only=True):
    context: str = field(name="@context")
    id: str = field(name="@id")
    author: str
    timestamp: datetime
    version: int
    tooling: str
    statements: tuple[Said, ...]


def document(view: View) -> bytes | None:
    """None where there is nothing to state: OpenVEX has no document without a statement."""
    said = tuple(dict.fromkeys(_said(each, view.at) for each in statements(view.matched)))
    if not said:
        return None
    tooling = f"outpace {__version__} match"
    whole = Document(
        context=CONTEXT,
        id=DOCUMENTS + digest_of(tooling, view.at, said),
        author=AUTHOR,
        timestamp=view.at,
        version=1,
        tooling=tooling,
        statements=said,
    )
    return msgspec.json.format(escaped(msgspec.json.encode(whole)), indent=2)


def _said(each: Statement, at: datetime) -> Said:
    found = each.vulnerability
    affected = each.status is Status.AFFECTED
    return Said(
        vulnerability=Vulnerability(
            id=advisory_page(found.id),
            name=shown(found.id),
            description=shown(found.summary),
            aliases=tuple(dict.fromkeys(map(shown, found.aliases))),
        ),
        products=tuple(dict.fromkeys(map(_product, each.components))),
        status=each.status,
        status_notes=shown(each.notes),
        action_statement=shown(each.action) if affected else "",
        action_statement_timestamp=at if affected else None,
    )


def _product(component: Component) -> Product:
    """A demand that pins nothing is not every version of the package: the identifier says which it allows."""
    named = purl(component)
    if component.version is None and component.specifier:
        named += f"?specifier={quote(component.specifier, safe='', errors='replace')}"
    return Product(id=named, identifiers=Identifiers(purl=named))
