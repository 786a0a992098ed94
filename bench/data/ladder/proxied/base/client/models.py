"""The primary objects that power Requests."""

from base64 import b64encode
from collections import OrderedDict
from collections.abc import MutableMapping

#: The HTTP status codes that indicate an automatically processable redirect.
REDIRECT_STATI = (301, 302, 303, 307, 308)
DEFAULT_REDIRECT_LIMIT = 30


class TooManyRedirects(Exception):
    """Too many redirects."""


class InvalidSchema(ValueError):
    """The URL scheme provided is either invalid or unsupported."""


def _basic_auth_str(username, password):
    """Returns a Basic Auth string."""
    userpass = f"{username}:{password}".encode("latin1")
    return "Basic " + b64encode(userpass).decode("ascii")


class CaseInsensitiveDict(MutableMapping):
    """A case-insensitive ``dict``-like object that remembers the case of the last key to be set."""

    def __init__(self, data=None):
        self._store = OrderedDict()
        self.update(data or {})

    def __setitem__(self, key, value):
        self._store[key.lower()] = (key, value)

    def __getitem__(self, key):
        return self._store[key.lower()][1]

    def __delitem__(self, key):
        del self._store[key.lower()]

    def __iter__(self):
        return (casedkey for casedkey, mappedvalue in self._store.values())

    def __len__(self):
        return len(self._store)

    def copy(self):
        return CaseInsensitiveDict(self)

    def __repr__(self):
        return str(dict(self.items()))


class PreparedRequest:
    """What is sent: the method, the address, the headers and the body."""

    def __init__(self, method=None, url=None, headers=None, body=None):
        self.method = method
        self.url = url
        self.headers = CaseInsensitiveDict(headers)
        self.body = body

    def copy(self):
        return PreparedRequest(self.method, self.url, self.headers.copy(), self.body)

    def prepare_auth(self, auth):
        """Prepares the given HTTP auth data."""
        self.headers["Authorization"] = _basic_auth_str(*auth)


class Response:
    """A server's answer to a request."""

    def __init__(self, status_code, headers=None, url=None, request=None, content=b""):
        self.status_code = status_code
        self.headers = CaseInsensitiveDict(headers)
        self.url = url
        self.request = request
        self.content = content
        self.history = []

    @property
    def is_redirect(self):
        """True if this Response is a well-formed HTTP redirect that can be followed."""
        return "location" in self.headers and self.status_code in REDIRECT_STATI
