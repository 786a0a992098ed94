"""OSV's API on loopback, answered from an export: /v1/query, /v1/querybatch and /v1/vulns/ID, and the export itself;
a KEV catalog; and a package index that knows every name and has no file.

It follows the pseudocode of the OSV schema and shares no code with Outpace, so that who is wrong can be told. Answers
are kept, so that a measured run waits for no evaluation. Run by `bench.match` in a process of its own:
`python -m bench.osv_server ARCHIVE` prints its port.
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
from functools import cache, cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from packaging.version import InvalidVersion, Version

EXPORT = "/PyPI/all.zip"
KEV = "/kev.json"
NO_KEV = {"title": "", "catalogVersion": "2025.01.01", "dateReleased": "2025-01-01T00:00:00Z", "count": 0}
SIMPLE = "application/vnd.pypi.simple.v1+json"


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


class Database:
    """Every record of an export that was not withdrawn, by package."""

    def __init__(self, archive: Path) -> None:
        self.archive = archive
        self.records: dict[str, dict[str, Any]] = {}
        self.by_package: dict[str, list[str]] = {}
        with zipfile.ZipFile(archive) as packed:
            for name in packed.namelist():
                record = json.loads(packed.read(name))
                self.records[record["id"]] = record
                if not record.get("withdrawn"):
                    for package in {normalized(one["package"]["name"]) for one in record.get("affected", ())}:
                        self.by_package.setdefault(package, []).append(record["id"])
        self.matching = cache(self._matching)

    def _matching(self, package: str, version: str) -> tuple[str, ...]:
        return tuple(
            found for found in self.by_package.get(package, ()) if affected(self.records[found], package, version)
        )

    def full(self, package: str, version: str) -> bytes:
        return json.dumps({"vulns": [self.records[found] for found in self.matching(package, version)]}).encode()

    def brief(self, package: str, version: str) -> dict[str, Any]:
        found = [{"id": name, "modified": self.records[name]["modified"]} for name in self.matching(package, version)]
        return {"vulns": found} if found else {}

    @cached_property
    def export(self) -> bytes:
        return self.archive.read_bytes()


def affected(record: dict[str, Any], package: str, version: str) -> bool:
    return any(
        _entry(entry, version)
        for entry in record.get("affected", ())
        if entry["package"].get("ecosystem") == "PyPI" and normalized(entry["package"]["name"]) == package
    )


def _entry(entry: dict[str, Any], version: str) -> bool:
    if version in entry.get("versions", ()):
        return True
    try:
        asked = Version(version)
        return any(_range(one["events"], asked) for one in entry.get("ranges", ()) if one["type"] == "ECOSYSTEM")
    except InvalidVersion:
        return False


def _range(events: list[dict[str, str]], asked: Version) -> bool:
    vulnerable = False
    for kind, at in sorted(((kind, at) for event in events for kind, at in event.items()), key=_order):
        if kind == "introduced" and (at == "0" or asked >= Version(at)):
            vulnerable = True
        elif (kind == "fixed" and asked >= Version(at)) or (kind == "last_affected" and asked > Version(at)):
            vulnerable = False
    return vulnerable


def _order(event: tuple[str, str]) -> tuple[bool, Version]:
    return event[1] != "0", Version(event[1])


def asked_for(query: dict[str, Any]) -> tuple[str, str]:
    """By name and version, or by a purl that may hold the version."""
    package = query.get("package", {})
    purl = str(package.get("purl", ""))
    name, _, version = unquote(purl.removeprefix("pkg:pypi/")).partition("@")
    return normalized(package.get("name") or name), str(query.get("version") or version)


def serve(database: Database) -> ThreadingHTTPServer:
    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path == "/v1/querybatch":
                self._says(json.dumps({"results": [database.brief(*asked_for(q)) for q in asked["queries"]]}).encode())
            elif self.path == "/v1/query":
                self._says(database.full(*asked_for(asked)))
            else:
                self.send_error(404)

        def do_GET(self) -> None:
            if self.path == EXPORT:
                self._says(database.export, kind="application/zip")
            elif self.path == KEV:
                self._says(json.dumps({**NO_KEV, "vulnerabilities": []}).encode())
            elif self.path.startswith("/simple/"):
                name = self.path.split("/")[2]
                page = '{"meta": {"api-version": "1.1"}, "name": "%s", "versions": [], "files": []}'
                self._says((page % name).encode(), kind=SIMPLE)
            elif (found := database.records.get(unquote(self.path.removeprefix("/v1/vulns/")))) is not None:
                self._says(json.dumps(found).encode())
            else:
                self.send_error(404)

        def _says(self, body: bytes, *, kind: str = "application/json") -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it
            pass

    return ThreadingHTTPServer(("127.0.0.1", 0), Answers)


def main() -> None:
    server = serve(Database(Path(sys.argv[1])))
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
