"""Shows the harm: the same name leaves the folder when it comes often enough."""
import os
import sys
import tempfile

sys.path.insert(0, os.getcwd())
from download import _download_http_url
from models import Link
from session import Session

URL = "http://index.example/demo-1.0.zip"


def escapes(name, headers=(), times=1, url=URL):
    every = dict(headers)
    every.setdefault("Content-Disposition", 'attachment; filename="%s"' % name)
    with tempfile.TemporaryDirectory() as top:
        inside = os.path.join(top, "a", "b")
        os.makedirs(inside)
        for _ in range(times):
            try:
                _download_http_url(Link(url), Session({url: (every, b"planted")}), inside, None)
            except Exception:
                pass
        found = [place for place, _, files in os.walk(top) for _ in files]
        return any(place != inside for place in found)


sys.exit(1 if escapes("../planted.txt", times=60) else 0)
