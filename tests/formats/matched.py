"""Views to write: files met by a few advisories, as `outpace match` would have matched them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from outpace.app.match import View, match_inventory
from outpace.ecosystems.read import read
from outpace.model.inventory import Component, Inventory
from tests.fakes.advisories import Advisories, record

NOW = datetime(2024, 6, 1, tzinfo=UTC)
CRITICAL = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
LOW = "CVSS:3.1/AV:L/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N"
SOURCE = Advisories(
    [
        record(
            "PYSEC-2099-1",
            "acme",
            {"introduced": "0"},
            {"fixed": "1.1"},
            aliases=["CVE-2099-1"],
            summary="Orders of others can be read",
            severity=[{"type": "CVSS_V3", "score": CRITICAL}],
        ),
        record(
            "PYSEC-2099-2",
            "acme",
            {"introduced": "0"},
            {"fixed": "1.2"},
            severity=[{"type": "CVSS_V3", "score": LOW}],
        ),
        record("PYSEC-2099-3", "last", {"introduced": "0"}, {"last_affected": "1.0"}),
        record("PYSEC-2099-4", "again", {"introduced": "0"}, {"fixed": "1.1"}),
        record("PYSEC-2099-5", "again", {"introduced": "1.1"}, {"fixed": "2.0"}),
    ],
    exploited={"CVE-2099-1": date(2099, 3, 1)},
)


def unaffected(component: Component) -> bool:
    matched = match_inventory(Inventory(source="a fix", components=(component,)), SOURCE, now=NOW).matched
    return not (matched.exposures or matched.doubts)


def view(**files: str) -> View:
    """`deep/requirements.txt` is spelled `deep`; a name with a dot is taken as it is."""
    content = {name if "." in name else f"{name}/requirements.txt": body.encode() for name, body in files.items()}
    return match_inventory(read(list(content), content.get), SOURCE, now=NOW)
