"""One rename per change: Envoy is asked whether it took the document, and gets the old one back if it did not."""

from __future__ import annotations

import time
from collections.abc import Mapping

import msgspec

from outpace.engines.envoy.admin import Admin
from outpace.engines.envoy.documents import CERTIFICATE
from outpace.engines.envoy.place import Place
from outpace.engines.envoy.routes import NAME, Document
from outpace.model.errors import EngineError, ToolFailed, ToolTimedOut

PREFIXES = {
    "rds": f"http.{NAME}.rds.{NAME}",
    "cds": "cluster_manager.cds",
    "lds": "listener_manager.lds",
    "sds": f"sds.{CERTIFICATE}",
}
SECONDS = 5.0
PAUSE = 0.002


class Followed:
    """The documents that Envoy follows."""

    def __init__(self, place: Place, admin: Admin) -> None:
        self._place = place
        self._admin = admin

    def lay(self, kind: str, document: Document) -> None:
        """For an Envoy that is yet to begin: nobody is asked."""
        self._place.write(self._place.xds / f"{kind}.json", msgspec.json.encode(document))

    def same(self, kind: str, document: Document) -> bool:
        path = self._place.xds / f"{kind}.json"
        return path.exists() and path.read_bytes() == msgspec.json.encode(document)

    def follow(self, kind: str, document: Document) -> None:
        """The new one, where it is one; laid where Envoy follows none of the kind yet."""
        if self._counters(kind):
            if not self.same(kind, document):
                self.swap(kind, document)
        else:
            self.lay(kind, document)

    def swap(self, kind: str, document: Document) -> None:
        """Until Envoy says that it took it. Raises ToolFailed where it refuses, with the document before back in its
        place: an Envoy that starts on one that it refuses serves nothing at all."""
        path = self._place.xds / f"{kind}.json"
        before = path.read_bytes() if path.exists() else None
        seen = self._counters(kind)
        content = msgspec.json.encode(document)
        self._place.write(path, content)
        try:
            self._confirmed(kind, seen)
        except EngineError:
            if before is not None and path.read_bytes() == content:  # the watchdog may have renamed another over it
                self._place.write(path, before)
            raise

    def _confirmed(self, kind: str, seen: Mapping[str, int]) -> None:
        until = time.monotonic() + SECONDS
        prefix = PREFIXES[kind]
        while time.monotonic() < until:
            now = self._counters(kind)
            for how in ("update_rejected", "update_failure"):
                if now.get(f"{prefix}.{how}", 0) > seen.get(f"{prefix}.{how}", 0):
                    raise ToolFailed(
                        f"Envoy refuses the new {kind} document: {self._place.last_words('envoy')}",
                        hint="the one before it is in its place again; the log is in logs/envoy.log",
                    )
            if now.get(f"{prefix}.update_success", 0) > seen.get(f"{prefix}.update_success", 0):
                return
            time.sleep(PAUSE)
        raise ToolTimedOut(
            f"Envoy did not take the new {kind} document within {SECONDS:g} s", hint="outpace edge status"
        )

    def _counters(self, kind: str) -> Mapping[str, int]:
        prefix = PREFIXES[kind].replace(".", r"\.")
        return self._admin.counters(rf"^{prefix}\.update_(success|rejected|failure)$")
