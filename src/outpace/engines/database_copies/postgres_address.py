"""Where a PostgreSQL database is, and what its programs are told of it: by their environment, never by their words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from msgspec import Struct, structs

from outpace.model.errors import BadInput

VARIABLES = {
    "host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE",
    "passfile": "PGPASSFILE", "options": "PGOPTIONS", "application_name": "PGAPPNAME", "sslmode": "PGSSLMODE",
    "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY", "sslrootcert": "PGSSLROOTCERT", "sslcrl": "PGSSLCRL",
    "sslsni": "PGSSLSNI", "channel_binding": "PGCHANNELBINDING", "gssencmode": "PGGSSENCMODE",
    "connect_timeout": "PGCONNECT_TIMEOUT", "target_session_attrs": "PGTARGETSESSIONATTRS",
    "requirepeer": "PGREQUIREPEER",
}  # fmt: skip
INHERITED = ("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "PGPASSFILE", "KRB5CCNAME")
HINT = "postgresql://USER:PASSWORD@HOST:PORT/DATABASE"

_SCHEME = re.compile(r"postgres(ql)?(\+\w+)?")


class Address(Struct, frozen=True, kw_only=True):
    """An address whose parts are decoded. It shows itself without the password."""

    scheme: str = "postgresql"
    user: str = ""
    password: str = ""
    host: str = ""
    port: str = ""
    database: str = ""
    parameters: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        return f"{self.host or 'the local socket'}:{self.port or '5432'}/{self.database}"

    @property
    def server(self) -> tuple[str, str]:
        told = dict(self.parameters)
        return self.host or told.get("host", ""), self.port or told.get("port", "") or "5432"

    def at(self, database: str) -> Address:
        return structs.replace(self, database=database)

    def text(self) -> str:
        """With the password."""
        user = quote(self.user, safe="") + (f":{quote(self.password, safe='')}" if self.password else "")
        host = f"[{self.host}]" if ":" in self.host else self.host
        place = f"{user}@{host}" if user else host
        port = f":{self.port}" if self.port else ""
        query = f"?{urlencode(self.parameters)}" if self.parameters else ""
        return f"{self.scheme}://{place}{port}/{quote(self.database, safe='')}{query}"

    def environment(self, environ: Mapping[str, str], *, settings: Mapping[str, str]) -> dict[str, str]:
        """Of libpq's variables, those alone that the address gives; `settings` are of the server's session."""
        known = {name: environ[name] for name in INHERITED if name in environ}
        own = {
            "host": self.host, "port": self.port, "user": self.user, "password": self.password,
            "dbname": self.database, **dict(self.parameters),
        }  # fmt: skip
        if own["password"]:
            known.pop("PGPASSFILE", None)
        told = {VARIABLES[name]: value for name, value in own.items() if value and name in VARIABLES}
        options = "".join(f" -c {name}={value}" for name, value in settings.items())
        fixed = {
            "LC_ALL": "C.UTF-8", "PGCLIENTENCODING": "UTF8", "PGDATESTYLE": "ISO, YMD", "PGTZ": "UTC",
            "PGOPTIONS": (told.get("PGOPTIONS", "") + options).strip(),
        }  # fmt: skip
        return {"PGAPPNAME": "outpace", "PGCONNECT_TIMEOUT": "15", **known, **told, **fixed}


def parsed(text: str) -> Address:
    """Raises BadInput, which never says what the address was."""
    try:
        parts = urlsplit(text.strip())
        port = str(parts.port or "")
    except ValueError as error:
        raise BadInput("the address of a PostgreSQL database cannot be read", hint=HINT) from error
    if not _SCHEME.fullmatch(parts.scheme):
        raise BadInput("the address of a database begins with neither postgresql:// nor sqlite:", hint=HINT)
    parameters = tuple(parse_qsl(parts.query))
    for name, _ in parameters:
        if name.startswith(("ssl", "gss")) and name not in VARIABLES:
            raise BadInput(f"the parameter {name} of a PostgreSQL address is not known here", hint=HINT)
    return Address(
        scheme=parts.scheme,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        host=unquote(parts.hostname or ""),
        port=port,
        database=unquote(parts.path.lstrip("/")) or dict(parameters).get("dbname", ""),
        parameters=parameters,
    )
