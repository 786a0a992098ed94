"""A stand-in of the session: what pages it has is given to it, and nothing goes over a network."""

import io


class HTTPError(IOError):
    """A page that is not there."""

    def __init__(self, message, status_code):
        super().__init__(message)
        self.status_code = status_code


class Headers(dict):
    """The names are compared without regard to case."""

    def __init__(self, headers):
        super().__init__((name.lower(), value) for name, value in headers.items())

    def __getitem__(self, name):
        return super().__getitem__(name.lower())

    def get(self, name, default=None):
        return super().get(name.lower(), default)


class Response(object):
    def __init__(self, url, status_code, headers, body):
        self.url = url
        self.status_code = status_code
        self.headers = Headers(headers)
        self.raw = io.BytesIO(body)

    def raise_for_status(self):
        if self.status_code >= 400:
            raise HTTPError('%s for url: %s' % (self.status_code, self.url), self.status_code)


class Session(object):
    """Answers with pages: address -> (headers, body) or (headers, body, address after redirections)."""

    def __init__(self, pages=None):
        self.pages = pages or {}
        self.asked = []

    def get(self, url, headers=None, stream=False):
        self.asked.append((url, headers))
        if url not in self.pages:
            return Response(url, 404, {}, b'')
        answer, body, *moved = self.pages[url]
        return Response(moved[0] if moved else url, 200, answer, body)
