"""An address of an archive."""

import posixpath
from urllib import parse as urllib_parse


class Link(object):
    """Represents a link to an archive, with or without a fragment"""

    def __init__(self, url):
        # type: (str) -> None
        self.url = url

    def __str__(self):
        return self.url

    def __repr__(self):
        return '<Link %s>' % self

    @property
    def filename(self):
        # type: () -> str
        _, netloc, path, _, _ = urllib_parse.urlsplit(self.url)
        path = urllib_parse.unquote(path)
        name = posixpath.basename(path.rstrip('/')) or netloc
        assert name, ('URL %r produced no filename' % self.url)
        return name

    @property
    def url_without_fragment(self):
        # type: () -> str
        scheme, netloc, path, query, fragment = urllib_parse.urlsplit(self.url)
        return urllib_parse.urlunsplit((scheme, netloc, path, query, None))
