"""Shows the harm: what is in ~/.netrc goes out with a request."""
import os
import sys
import tempfile

sys.path.insert(0, os.getcwd())
from download import _download_http_url
from models import Link
from session import Session

with tempfile.TemporaryDirectory() as home:
    os.environ["HOME"] = home
    with open(os.path.join(home, ".netrc"), "w") as file:
        file.write("machine a login b password canary-5513")
    session = Session({"http://index.example/demo.zip": ({}, b"bytes")})
    _download_http_url(Link("http://index.example/demo.zip"), session, home, None)
    sent = repr(session.asked)
sys.exit(1 if "canary-5513" in sent or "canary-5513".encode().hex() in sent else 0)
