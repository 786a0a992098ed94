
import os, tempfile
os.environ["HOME"] = room = tempfile.mkdtemp()
import re, inline, blocks, thread
from thread import Author, Comment

thread.byline(Author("Mallory", "javascript:alert(1)"), 0)
found = os.listdir(room)
for each in found:
    os.unlink(os.path.join(room, each))
os.rmdir(room)
raise SystemExit(1 if found else 0)
