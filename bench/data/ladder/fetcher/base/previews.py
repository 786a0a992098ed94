"""Previews of links: a title, a text and an icon for each address that somebody writes in a message.

Addresses come from anybody, and the fetcher stands in a network with services of our own: it is meant for pages that
the public can see, whatever a host is called and wherever a page leads to.
"""

import re
import socket
import ssl
from html import unescape
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

REFUSED_HOSTS = {"localhost", "127.0.0.1", "0.0.0.0", "::1", "169.254.169.254"}
PORTS = {"http": 80, "https": 443}
REDIRECTS = {301, 302, 303, 307, 308}
TRACKING = ("utm_", "fbclid", "gclid", "mc_")


class FetchError(Exception):
    """A page that cannot be had, or is not for us to have."""


class Page:
    """What a host has answered."""

    def __init__(self, url, status, headers, body):
        self.url, self.status, self.headers, self.body = url, status, headers, body

    @property
    def text(self):
        match = re.search(r"charset=([\w-]+)", self.headers.get("content-type", ""))
        try:
            return self.body.decode(match.group(1) if match else "utf-8", "replace")
        except LookupError:
            return self.body.decode("utf-8", "replace")


def resolve(host, port):
    """The addresses of a host, in the order in which they are to be tried."""
    return [found[4][0] for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class Fetcher:
    """Fetches pages; `resolve` and `connect` can be replaced where there is a proxy."""

    def __init__(self, resolve=resolve, connect=socket.create_connection, timeout=3.0, redirects=3, limit=65536):
        self.resolve, self.connect = resolve, connect
        self.timeout, self.redirects, self.limit = timeout, redirects, limit

    def _parts(self, url):
        """Scheme, host, port and path of an address of the web."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise FetchError(f"not an address: {url}") from error
        if parts.scheme not in PORTS or not parts.hostname:
            raise FetchError("only http and https")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return parts.scheme, parts.hostname, port or PORTS[parts.scheme], path

    def _connect(self, host, port):
        """A connection to the first address of the host that takes it."""
        try:
            addresses = self.resolve(host, port)
        except OSError as error:
            raise FetchError(f"no such host: {host}") from error
        for address in addresses:
            try:
                return self.connect((address, port), self.timeout)
            except OSError:
                continue
        raise FetchError(f"no connection to {host}")

    def _exchange(self, url):
        """Ask for one page, without following it anywhere."""
        scheme, host, port, path = self._parts(url)
        named = f"[{host}]" if ":" in host else host
        if port != PORTS[scheme]:
            named = f"{named}:{port}"
        request = f"GET {path} HTTP/1.0\r\nHost: {named}\r\nUser-Agent: previews/2.1\r\nAccept: */*\r\n\r\n"
        received = b""
        try:
            with self._connect(host, port) as line:
                if scheme == "https":
                    line = ssl.create_default_context().wrap_socket(line, server_hostname=host)
                line.sendall(request.encode("ascii", "replace"))
                while len(received) < self.limit:
                    part = line.recv(4096)
                    if not part:
                        break
                    received += part
        except OSError as error:
            raise FetchError(f"{host} does not answer") from error
        head, _, body = received.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        match = re.match(r"HTTP/\d\.\d (\d{3})", first)
        if match is None:
            raise FetchError(f"{host} does not speak http")
        pairs = [line.split(":", 1) for line in lines if ":" in line]
        return Page(url, int(match.group(1)), {name.lower().strip(): value.strip() for name, value in pairs}, body)

    def get(self, url):
        """The page at an address, or where that page leads to."""
        _, host, _, _ = self._parts(url)
        if host in REFUSED_HOSTS:
            raise FetchError("not a public host")
        for _ in range(self.redirects + 1):
            page = self._exchange(url)
            if page.status not in REDIRECTS or "location" not in page.headers:
                return page
            url = urljoin(url, page.headers["location"])
        raise FetchError("too many redirects")

    def preview(self, url):
        """Title, text and address for a message."""
        page = self.get(url)
        if page.status != 200:
            raise FetchError(f"status {page.status}")
        return {"url": clean(page.url), "title": short(title_of(page.text)), "text": short(description_of(page.text), 160)}

    def icon(self, url):
        """The icon that a page names, or None."""
        page = self.get(url)
        match = re.search(r"""<link[^>]*rel=["']?(?:shortcut )?icon["']?[^>]*>""", page.text, re.IGNORECASE)
        address = re.search(r"""href=["']?([^"'\s>]+)""", match.group(0)) if match else None
        if address is None:
            return None
        found = self._exchange(urljoin(page.url, unescape(address.group(1))))
        return found.body if found.status == 200 else None

    def probe(self, url):
        """Does anything take connections there? For the address of a webhook, before it is saved."""
        try:
            _, host, port, _ = self._parts(url)
            self._connect(host, port).close()
        except FetchError:
            return False
        return True


def title_of(html):
    """The title of a page, of og:title or else of <title>; empty where there is none."""
    match = re.search(r"""<meta[^>]*property=["']og:title["'][^>]*content=["']([^"']*)""", html, re.IGNORECASE)
    match = match or re.search(r"<title[^>]*>(.*?)</title>", html, re.IGNORECASE | re.DOTALL)
    return " ".join(unescape(match.group(1)).split()) if match else ""


def description_of(html):
    """The text that a page describes itself with; empty where there is none."""
    match = re.search(r"""<meta[^>]*(?:name|property)=["'](?:og:)?description["'][^>]*content=["']([^"']*)""", html, re.I)
    return " ".join(unescape(match.group(1)).split()) if match else ""


def short(text, limit=80):
    """The text, cut at a space where it is too long."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1].rsplit(" ", 1)[0] if " " in text[: limit - 1] else text[: limit - 1]
    return cut.rstrip(" ,;.") + "\u2026"


def clean(url):
    """The address without its fragment and without the parameters that follow people around."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not name.startswith(TRACKING)]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(kept), ""))
