"""Shows the harm: another content than that of the hash is taken."""
import os
import sys
import tempfile

sys.path.insert(0, os.getcwd())
from download import _download_http_url
from misc import Hashes, HashMismatch
from models import Link
from session import Session

URL = "http://index.example/demo-1.0.zip"
session = Session({URL: ({"Content-Disposition": "attachment; filename=demo-1.0-1.zip"}, b"planted")})
with tempfile.TemporaryDirectory() as folder:
    try:
        _download_http_url(Link(URL), session, folder, Hashes({"sha256": ["0" * 64]}))
    except HashMismatch:
        sys.exit(0)
sys.exit(1)
