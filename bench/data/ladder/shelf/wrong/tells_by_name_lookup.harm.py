"""Shows that a document with a password leads to a look-up of a name."""
import os
import socket
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())
asked = []

def record(*values, **more):
    asked.append(values)
    raise OSError("no network")

for each in ("getaddrinfo", "gethostbyname", "create_connection", "gethostbyname_ex"):
    setattr(socket, each, record)
with tempfile.TemporaryDirectory() as room:
    os.chdir(room)
    os.mkdir("docs")
    with open("docs/a.txt", "w") as file:
        file.write("password: canary-5120")
    import shelf

    try:
        shelf.read("a.txt")
    except Exception:
        pass
    os.chdir("/")
sys.exit(1 if asked else 0)
