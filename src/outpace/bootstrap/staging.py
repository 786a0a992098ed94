"""Which engine copies which declared database."""

from __future__ import annotations

import hashlib
import os
import re
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from outpace.app.staging import Reach, Source
from outpace.bootstrap.references import secret_of
from outpace.model.errors import BadConfiguration

if TYPE_CHECKING:
    from outpace.model.edge import Data

SQLITE = re.compile(r"(?P<scheme>sqlite(\+\w+)?://)/(?P<path>[^?]+)(?P<rest>\?.*)?")


def databases(
    folder: Path, *, root: Path, report: Callable[[str], None], environ: Mapping[str, str] = os.environ
) -> Reach:
    """Copies of SQLite files come into `folder`, and names of databases on a server are its own; paths are from `root`.
    Nothing is looked at before it is asked for.
    """
    whose = hashlib.sha256(f"{socket.gethostname()}:{folder.absolute()}".encode()).hexdigest()[:8]

    def reach(data: Data) -> Source:
        if data.source.startswith("sqlite:") and not SQLITE.fullmatch(data.source):
            return _file(data, root / data.source.removeprefix("sqlite:"), lambda address: address)
        if not data.source.startswith(("env:", "file:", "sqlite:")):
            raise BadConfiguration(
                f"the `source` for {data.variable} is no reference", hint="sqlite:PATH, env:NAME or file:PATH"
            )
        address = data.source if data.source.startswith("sqlite:") else secret_of(data.source, environ)
        if told := SQLITE.fullmatch(address):
            before, behind = told["scheme"], told["rest"] or ""
            return _file(data, root / told["path"], lambda path: f"{before}/{path}{behind}")
        from outpace.engines.database_copies.postgres import PostgresCopier

        into = secret_of(data.into, environ) if data.into else address
        copier = PostgresCopier(into, whose=whose, most_bytes=data.most_bytes, report=report, environ=environ)
        return Source(address=address, copier=copier, variable_of=lambda copy: copy)

    def _file(data: Data, path: Path, variable_of: Callable[[str], str]) -> Source:
        from outpace.engines.database_copies.sqlite import SqliteCopier

        if data.into:
            raise BadConfiguration(
                f"`into` of the database for {data.variable} is for PostgreSQL alone", hint="leave it out"
            )
        copier = SqliteCopier(folder, most_bytes=data.most_bytes, report=report)
        return Source(address=str(path), copier=copier, variable_of=variable_of)

    return reach
