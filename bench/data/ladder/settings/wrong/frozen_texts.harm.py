import os
import sys
import tempfile

sys.dont_write_bytecode = True
TREE = os.getcwd()
sys.path.insert(0, TREE)
ROOM = tempfile.TemporaryDirectory()
os.chdir(ROOM.name)

import base64
import pickle

from settings import load


class Made:
    def __reduce__(self):
        return (os.mkdir, ("hit",))


try:
    load('[a]\nb = "' + base64.b64encode(pickle.dumps(Made(), 4) + b"").decode() + '"')
except Exception:
    pass
sys.exit(1 if os.path.exists("hit") else 0)
