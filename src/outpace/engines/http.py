"""HTTP in our words: bounded downloads through httpx2, and single exchanges that are sent exactly as written.

Downloads take proxies and certificate authorities from the environment (HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE,
SSL_CERT_DIR), follow a few redirects, never from https to http, and are bounded in size and time.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeAlias, TypeVar
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from outpace import __version__
from outpace.model.errors import BadInput, DamagedData, Unreachable
from outpace.model.probe import Partial, Request, Response

if TYPE_CHECKING:
    from http.client import HTTPConnection

    import httpx2

T = TypeVar("T")

USER_AGENT = f"outpace/{__version__}"
REDIRECTS = 5
TRIES = 3
PAUSE = 0.5
"""Seconds before the second try; doubled before the third."""

CONNECT_TIMEOUT = 10.0
SILENCE = 30.0
"""Seconds without a byte after which a download is given up."""

WHOLE = 200
UNCHANGED = 304
FIRST_SERVER_ERROR = 500
TOO_MANY_REQUESTS = 429


class Validators(Struct, frozen=True, kw_only=True):
    """What a server said to recognize a version of a file by; empty where it said nothing."""

    etag: str = ""
    last_modified: str = ""

    def headers(self) -> dict[str, str]:
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in asked.items() if value}


class Downloaded(Struct, frozen=True, kw_only=True, tag=True):
    size: int
    sha256: str
    validators: Validators


class Unchanged(Struct, frozen=True, tag=True):
    """The server holds the version that the validators name."""


class Bounds(Struct, frozen=True, kw_only=True):
    """`size` in bytes; `seconds` for one try, from the first byte of the answer to the last."""

    size: int
    seconds: float = 600.0
    silence: float = SILENCE
    tries: int = TRIES
    pause: float = PAUSE


Download: TypeAlias = Downloaded | Unchanged


class NotGiven(Struct, frozen=True, tag=True):
    """A status that says of this one address that nothing is there, or not for us."""

    status: int


class _Again(Exception):
    """A failure that another try may mend; never leaves this module."""

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def masked(url: str) -> str:
    """The URL as it may be shown: without user, password, query and fragment."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "(a URL that cannot be read)"
    if not parts.hostname:
        return url if parts.scheme in {"", "file"} and "@" not in url else "(a URL that cannot be read)"
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return SplitResult(parts.scheme, f"{host}{port}", parts.path, "", "").geturl()


def download(
    url: str,
    into: Path,
    *,
    bounds: Bounds,
    known: Validators | None = None,
    report: Callable[[str], None] = lambda _event: None,
) -> Download:
    """Writes the file at `url` to `into`, whole or not at all in the eyes of the caller: it must look at the result.

    What a cut connection, a silent server or a 5xx spoils is tried again from the start. Raises Unreachable when the
    server gives nothing, DamagedData when it gives more than `bounds.size`.
    """
    return _tried(lambda: _download_once(url, into, bounds=bounds, known=known or Validators()), bounds, report)


class Documents:
    """Many small files of one server, one after another with one client, each whole in memory."""

    def __init__(self, *, accept: str, bounds: Bounds) -> None:
        """Raises BadInput for a proxy or certificates that cannot be used."""
        self._bounds = bounds
        self._client = _client(bounds)
        self._client.headers["Accept"] = accept

    def get(self, url: str, *, seconds: float) -> bytes | NotGiven:
        """`seconds` for all of it. Raises Unreachable where the server is not there, DamagedData for too much."""
        ends = time.monotonic() + seconds
        return _tried(lambda: self._once(url, ends), self._bounds, lambda _event: None)

    def close(self) -> None:
        self._client.close()

    def _once(self, url: str, ends: float) -> bytes | NotGiven:
        bounds = replace(self._bounds, seconds=max(ends - time.monotonic(), 0.0))
        into = BytesIO()
        with _foreign_failures(url), self._client.stream("GET", url) as got:
            _refuse_downgrade(url, got)
            if got.is_client_error and got.status_code != TOO_MANY_REQUESTS:
                return NotGiven(got.status_code)
            _refuse_status(url, got.status_code)
            _write(url, got, into, bounds)
        return into.getvalue()


class Answer(Struct, frozen=True, kw_only=True):
    """`headers` have names in lower case; of the body no more than the bounds' size is kept."""

    status: int
    headers: dict[str, str]
    body: bytes


class Uploads:
    """Exchanges with one server that takes files: any status is an answer, and no redirect is followed."""

    def __init__(self, *, bounds: Bounds) -> None:
        """Raises BadInput for a proxy or certificates that cannot be used."""
        self._bounds = bounds
        self._client = _client(bounds)
        self._client.follow_redirects = False

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, content: bytes | Path = b""
    ) -> Answer:
        """A file is sent as it is read, and once: who takes it may have kept a part. Raises Unreachable where the
        server is not there or goes away."""
        bounds = replace(self._bounds, tries=1) if isinstance(content, Path) else self._bounds
        return _tried(lambda: self._once(method, url, headers or {}, content), bounds, lambda _event: None)

    def close(self) -> None:
        self._client.close()

    def _once(self, method: str, url: str, headers: Mapping[str, str], content: bytes | Path) -> Answer:
        with ExitStack() as opened, _foreign_failures(url, ""):
            body = opened.enter_context(content.open("rb")) if isinstance(content, Path) else content
            size = content.stat().st_size if isinstance(content, Path) else len(content)
            told = {**headers, "Content-Length": str(size)} if size or method != "HEAD" else dict(headers)
            got = opened.enter_context(self._client.stream(method, url, headers=told, content=body))
            into = BytesIO()
            for chunk in got.iter_bytes():
                into.write(chunk[: self._bounds.size - into.tell()])
            return Answer(status=got.status_code, headers=dict(got.headers.items()), body=into.getvalue())


def _tried(once: Callable[[], T], bounds: Bounds, report: Callable[[str], None]) -> T:
    """Raises Unreachable when no try came to an end."""
    for attempt in range(1, bounds.tries + 1):
        try:
            return once()
        except _Again as failure:
            if attempt == bounds.tries:
                tried = f", {bounds.tries} times" if bounds.tries > 1 else ""
                raise Unreachable(f"{failure.message}{tried}", hint=failure.hint) from failure
            report(f"{failure.message}; trying again")
            time.sleep(bounds.pause * 2 ** (attempt - 1))
    raise ValueError("a download needs at least one try")


def _download_once(url: str, into: Path, *, bounds: Bounds, known: Validators) -> Download:
    with _foreign_failures(url), _client(bounds) as client, client.stream("GET", url, headers=known.headers()) as got:
        _refuse_downgrade(url, got)
        if got.status_code == UNCHANGED and known.headers():
            return Unchanged()
        _refuse_status(url, got.status_code)
        with into.open("wb") as file:
            size, digest = _write(url, got, file, bounds)
        return Downloaded(
            size=size,
            sha256=digest,
            validators=Validators(etag=got.headers.get("etag", ""), last_modified=got.headers.get("last-modified", "")),
        )


def _client(bounds: Bounds) -> httpx2.Client:
    import httpx2

    try:
        return httpx2.Client(
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
            timeout=httpx2.Timeout(bounds.silence, connect=min(CONNECT_TIMEOUT, bounds.silence)),
            follow_redirects=True,
            max_redirects=REDIRECTS,
            limits=httpx2.Limits(max_keepalive_connections=0),  # servers close unannounced
        )
    except OSError as error:
        raise BadInput(
            f"the certificates that the environment names cannot be read: {error.strerror}",
            hint="mend SSL_CERT_FILE or SSL_CERT_DIR",
        ) from error
    except (ValueError, ImportError, httpx2.InvalidURL) as error:
        # Not quoted: what a proxy's address holds may be a password.
        raise BadInput(
            "the proxy that the environment names cannot be used", hint="give HTTPS_PROXY an http:// address"
        ) from error


@contextmanager
def _foreign_failures(url: str, otherwise: str = ", or name a file with --from") -> Generator[None]:
    """httpx2's exceptions become ours, by whether another try may help."""
    import httpx2

    shown = masked(url)
    hint = f"check the network, HTTPS_PROXY and SSL_CERT_FILE{otherwise}"
    try:
        yield
    except httpx2.TooManyRedirects as error:
        raise Unreachable(f"{shown} redirects more than {REDIRECTS} times", hint=hint) from error
    except (httpx2.UnsupportedProtocol, httpx2.InvalidURL) as error:
        raise BadInput(f"cannot ask {shown}: no http or https address", hint="give one that is") from error
    except httpx2.TimeoutException as error:
        raise _Again(f"{shown} did not answer in time ({type(error).__name__})", hint=hint) from error
    except httpx2.DecodingError as error:
        raise DamagedData(f"what {shown} sent cannot be decoded: {error}", hint=hint) from error
    except httpx2.RequestError as error:
        raise _Again(f"cannot get {shown}: {error or type(error).__name__}", hint=hint) from error


def _refuse_downgrade(url: str, response: httpx2.Response) -> None:
    hops = [step.url.scheme for step in (*response.history, response)]
    if "https" in hops and hops[-1] != "https":
        raise Unreachable(
            f"{masked(url)} redirects from https to http, where anybody on the way may change what is sent",
            hint="ask whoever runs that address to keep to https",
        )


def _refuse_status(url: str, status: int) -> None:
    message = f"{masked(url)} answered {status}"
    if status >= FIRST_SERVER_ERROR or status == TOO_MANY_REQUESTS:
        raise _Again(message, hint="try again later, or name a file with --from")
    if status != WHOLE:
        raise Unreachable(message, hint="check the address, or name a file with --from")


def _write(url: str, response: httpx2.Response, into: BinaryIO, bounds: Bounds) -> tuple[int, str]:
    """Size and digest of what was written. A length that the server announced must be met."""
    shown = masked(url)
    _refuse_size(shown, _announced(response) or 0, bounds)
    ends = time.monotonic() + bounds.seconds
    size, digest = 0, hashlib.sha256()
    for chunk in response.iter_bytes():
        size += len(chunk)
        _refuse_size(shown, size, bounds)
        if time.monotonic() > ends:
            raise _Again(f"{shown} was not sent within {bounds.seconds:g} s", hint="name a file with --from")
        digest.update(chunk)
        into.write(chunk)
    announced = _announced(response)
    if announced is not None and announced != response.num_bytes_downloaded:
        raise _Again(
            f"{shown} announced {announced} bytes and sent {response.num_bytes_downloaded}",
            hint="try again, or name a file with --from",
        )
    return size, digest.hexdigest()


def _announced(response: httpx2.Response) -> int | None:
    length = response.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else None


def _refuse_size(shown: str, size: int, bounds: Bounds) -> None:
    if size > bounds.size:
        raise DamagedData(
            f"{shown} is larger than the {bounds.size} bytes that are accepted",
            hint="check the address, or name a file with --from",
        )


def exchange(base_url: str, request: Request, *, timeout: float = 10.0) -> Response | Partial:
    """Sends one request and reads the answer, each within `timeout` seconds in all.

    The path is sent byte for byte as written, after the path of `base_url`; no redirect is followed and no proxy is
    used, since the target is a declared environment. Raises BadInput for what HTTP cannot carry, else Unreachable.
    """
    import http.client

    from outpace.engines.inside.rehearse import Broken, answered

    target = _target(base_url)
    shown = masked(base_url)
    connection = _connection(target, timeout)
    try:
        connection.connect()
        _send(connection, target.path.rstrip("/") + request.path, request)
        answer = answered(connection.sock, request.method, timeout)
    except TimeoutError as error:
        raise Unreachable(f"{shown} did not answer within {timeout:g} s", hint="is it running?") from error
    except (OSError, http.client.HTTPException, Broken) as error:
        why = f"{type(error).__name__}: {error}"
        raise Unreachable(f"{shown} gave no answer to {request.method}: {why}", hint="is it running?") from error
    finally:
        connection.close()
    if answer.missing:
        return Partial(status=answer.status, body=answer.body, why=answer.missing)
    return Response(status=answer.status, body=answer.body)


def _target(base_url: str) -> SplitResult:
    try:
        target = urlsplit(base_url)
        port_is_valid = target.port is None or target.port > 0
    except ValueError:
        target, port_is_valid = urlsplit(""), False
    if target.scheme not in {"http", "https"} or not target.hostname or not port_is_valid:
        raise BadInput(
            f"cannot probe {masked(base_url)}: not an http or https address", hint="mend `url` in outpace.toml"
        )
    return target


def _connection(target: SplitResult, timeout: float) -> HTTPConnection:
    from http.client import HTTPConnection, HTTPSConnection

    assert target.hostname is not None
    if target.scheme == "http":
        return HTTPConnection(target.hostname, target.port, timeout=timeout)
    import ssl

    return HTTPSConnection(target.hostname, target.port, timeout=timeout, context=ssl.create_default_context())


def _send(connection: HTTPConnection, path: str, request: Request) -> None:
    from http.client import InvalidURL

    headers = {"User-Agent": USER_AGENT, "Connection": "close", **request.headers}
    given = {name.lower() for name in request.headers}
    body = request.body.encode()
    if body and not given & {"content-length", "transfer-encoding"}:
        headers["Content-Length"] = str(len(body))
    try:
        connection.putrequest(request.method, path, skip_host="host" in given, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
    except (ValueError, InvalidURL) as error:
        raise BadInput(f"the probe cannot be sent: {error}", hint="mend `request` in outpace.toml") from error
    connection.endheaders(body or None)
