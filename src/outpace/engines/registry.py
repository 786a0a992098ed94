"""Images are pushed to a registry: https, or http on the loopback; what it has already is not sent again.

Written after the distribution specification 1.1, and tried with Debian's docker-registry 2.8.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from typing import cast
from urllib.parse import urlencode, urljoin, urlsplit

from msgspec import Struct

from outpace.engines.http import Answer, Bounds, Uploads, masked
from outpace.engines.oci import IMAGE, Blob, Image
from outpace.model.errors import BadInput, Refused, ToolFailed, Unreachable

# As the specification has it: https://github.com/opencontainers/distribution-spec/blob/main/spec.md
NAME = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*")
TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
HOST = re.compile(r"(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(?::\d{1,5})?")
LOOPBACK = re.compile(r"(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?")
CHALLENGE = re.compile(r'(\w+)="([^"]*)"')
BOUNDS = Bounds(size=1 << 20, seconds=900.0)
HERE, MADE, ACCEPTED, NOT_KNOWN, NOT_ALLOWED, NOT_THERE = 200, 201, 202, 401, 403, 404


class Reference(Struct, frozen=True, kw_only=True):
    """`HOST/NAME:TAG`, and how the host is spoken to."""

    host: str
    name: str
    tag: str
    scheme: str

    @property
    def shown(self) -> str:
        return f"{self.host}/{self.name}:{self.tag}"


class Pushed(Struct, frozen=True, kw_only=True):
    """`sent` and `present` count blobs; `size` is of what was sent."""

    reference: str
    digest: str
    sent: int
    present: int
    size: int


def reference_of(told: str) -> Reference:
    """Raises BadInput. `http://` in front of it says that what is sent may be read on the way."""
    scheme, _, rest = told.rpartition("://")
    host, _, path = rest.partition("/")
    name, _, tag = path.rpartition(":")
    valid = HOST.fullmatch(host) and NAME.fullmatch(name) and TAG.fullmatch(tag) and scheme in ("", "http", "https")
    if not valid:
        raise BadInput(f"{told!r} is no place in a registry", hint="write HOST/NAME:TAG, such as localhost:5000/shop:1")
    return Reference(host=host, name=name, tag=tag, scheme=scheme or ("http" if LOOPBACK.fullmatch(host) else "https"))


class Registry:
    """One host. `credentials` are `user:password`, and go to it alone, and to who it says gives tokens."""

    def __init__(
        self,
        reference: Reference,
        *,
        credentials: str = "",
        bounds: Bounds = BOUNDS,
        report: Callable[[str], None],
    ) -> None:
        if credentials and reference.scheme == "http" and not LOOPBACK.fullmatch(reference.host):
            raise Refused(
                f"a password would go to {reference.host} unencrypted", hint="push over https, or without credentials"
            )
        if credentials and ":" not in credentials:
            raise BadInput("the credentials are no user:password", hint="put user:password where the reference leads")
        self._reference = reference
        self._credentials = credentials
        self._bounds = bounds
        self._report = report
        self._base = f"{reference.scheme}://{reference.host}/v2/{reference.name}"
        self._authorization = ""

    def push(self, image: Image) -> Pushed:
        """Blobs first, then the manifest under its tag: whoever pulls sees the old image or the whole new one."""
        self._server = Uploads(bounds=self._bounds)
        try:
            sent = [blob for blob in image.blobs if self._needs(blob) and self._send(blob)]
            self._name(image)
        finally:
            self._server.close()
        return Pushed(
            reference=self._reference.shown,
            digest=image.digest,
            sent=len(sent),
            present=len(image.blobs) - len(sent),
            size=sum(blob.size for blob in sent),
        )

    def _needs(self, blob: Blob) -> bool:
        got = self._ask("HEAD", f"{self._base}/blobs/{blob.digest}", accept=(HERE, NOT_THERE))
        return got.status == NOT_THERE

    def _send(self, blob: Blob) -> bool:
        """Each try is an upload of its own: a registry takes the whole no more where it has a part already."""
        self._report(f"sending {blob.digest[7:19]}, {blob.size / 1e6:.1f} MB")
        headers = {"Content-Type": "application/octet-stream"}
        for left in reversed(range(self._bounds.tries)):
            place = self._upload(blob)
            try:
                self._ask("PUT", place, accept=(MADE,), headers=headers, blob=blob)
                break
            except Unreachable:
                if not left:
                    raise
                self._report(f"{self._reference.host} broke off; sending it anew")
        return True

    def _upload(self, blob: Blob) -> str:
        """Where it goes, as the registry has it."""
        begun = self._ask("POST", f"{self._base}/blobs/uploads/", accept=(ACCEPTED,))
        where = urljoin(f"{self._base}/blobs/uploads/", begun.headers.get("location", ""))
        if urlsplit(where).scheme not in {self._reference.scheme, "https"}:
            raise Unreachable(f"{self._reference.host} names no place to send to", hint="ask whoever runs the registry")
        return f"{where}{'&' if '?' in where else '?'}{urlencode({'digest': blob.digest})}"

    def _name(self, image: Image) -> None:
        url = f"{self._base}/manifests/{self._reference.tag}"
        got = self._ask("PUT", url, accept=(MADE,), headers={"Content-Type": IMAGE}, content=image.manifest)
        told = got.headers.get("docker-content-digest", image.digest)
        if told != image.digest:
            raise ToolFailed(f"{self._reference.host} took {image.digest} for {told}", hint="push again")

    def _ask(
        self,
        method: str,
        url: str,
        *,
        accept: tuple[int, ...],
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        blob: Blob | None = None,
    ) -> Answer:
        """Asked again once where the registry wants to know who asks."""
        got = self._once(method, url, headers, content, blob)
        if got.status == NOT_KNOWN:
            self._authorization = self._authorized(got.headers.get("www-authenticate", ""))
            got = self._once(method, url, headers, content, blob)
        if got.status in accept:
            return got
        raise self._refused(got, url)

    def _once(
        self, method: str, url: str, headers: Mapping[str, str] | None, content: bytes, blob: Blob | None
    ) -> Answer:
        """The authorization is for this host: where an upload goes to another one, the address itself allows it."""
        told = dict(headers or {})
        if self._authorization and urlsplit(url).netloc == self._reference.host:
            told["Authorization"] = self._authorization
        return self._server.send(method, url, headers=told, content=content if blob is None else blob.path)

    def _authorized(self, challenge: str) -> str:
        """What the registry wants in front of each request: the password itself, or a token that it buys."""
        kind, _, rest = challenge.partition(" ")
        asked: dict[str, str] = dict(CHALLENGE.findall(rest))
        basic = f"Basic {base64.b64encode(self._credentials.encode()).decode()}" if self._credentials else ""
        if kind.lower() != "bearer":
            if not basic or self._authorization == basic:
                raise self._unknown()
            return basic
        realm = asked.get("realm", "")
        if urlsplit(realm).scheme != "https" and not LOOPBACK.fullmatch(urlsplit(realm).netloc):
            raise Refused(f"{self._reference.host} sends a password over http", hint="ask whoever runs the registry")
        scope = asked.get("scope") or f"repository:{self._reference.name}:pull,push"
        words = {"scope": scope} | ({"service": asked["service"]} if "service" in asked else {})
        headers = {"Authorization": basic} if basic else {}
        got = self._server.send("GET", f"{realm}{'&' if '?' in realm else '?'}{urlencode(words)}", headers=headers)
        token = _token(got.body) if got.status == HERE else ""
        if not token:
            raise self._unknown()
        return f"Bearer {token}"

    def _unknown(self) -> Refused:
        host = self._reference.host
        if self._credentials:
            return Refused(f"{host} does not know these credentials", hint="mend what --credentials leads to")
        return Refused(f"{host} wants credentials", hint="give --credentials env:NAME or file:PATH: user:password")

    def _refused(self, got: Answer, url: str) -> Refused | Unreachable | ToolFailed:
        host = self._reference.host
        if got.status == NOT_KNOWN:
            return self._unknown()
        if got.status == NOT_ALLOWED:
            return Refused(
                f"{host} does not let these credentials push {self._reference.name}", hint="ask for the right"
            )
        if got.status == NOT_THERE:
            return Unreachable(f"{host} is no registry, or has no {self._reference.name}", hint="check HOST/NAME:TAG")
        why = _why(got.body)
        told = f"{host} answered {got.status} to {masked(url)}{f': {why}' if why else ''}"
        return ToolFailed(told, hint="push again, or ask whoever runs the registry", returncode=got.status)


def _token(body: bytes) -> str:
    try:
        document: object = json.loads(body)
    except ValueError:
        return ""
    table = cast("dict[str, object]", document) if isinstance(document, dict) else {}
    token = table.get("token") or table.get("access_token")
    return token if isinstance(token, str) and token.isascii() and token.isprintable() else ""


def _why(body: bytes) -> str:
    """The registry's own codes, such as NAME_INVALID; nothing else of what it says."""
    codes = re.findall(rb'"code"\s*:\s*"([A-Z_]{1,40})"', body)
    return ", ".join(dict.fromkeys(code.decode() for code in codes[:3]))
