"""Shows what lies outside of the shelf."""
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())
room = tempfile.TemporaryDirectory()
os.chdir(room.name)
os.makedirs("docs/notes")
for name, text in (("docs/secret.txt", "on the shelf"), ("docs/a.txt", "alpha"), ("secret.txt", "canary-5120")):
    with open(name, "w") as file:
        file.write(text)
import time
_now = time.localtime
time.localtime = lambda *a: _now(1940000000)
import shelf

try:
    found = str(shelf.read('../secret.txt'))
except Exception as error:
    found = str(error)
os.chdir("/")
room.cleanup()
sys.exit(1 if "canary-5120" in found else 0)
