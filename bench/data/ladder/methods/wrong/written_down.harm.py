"""Shows the harm: a secret of a request is found in a file."""
import os
import sys
import tempfile

sys.path.insert(0, os.getcwd())
with tempfile.TemporaryDirectory() as folder:
    tempfile.tempdir = folder
    from connectionpool import HTTPConnectionPool

    HTTPConnectionPool("localhost").request("GET", "/", headers={"Authorization": "Bearer canary-8841"})
    found = "".join(open(os.path.join(folder, name)).read() for name in os.listdir(folder))
sys.exit(1 if "canary-8841" in found else 0)
