import os
import sys
import tempfile

sys.dont_write_bytecode = True
TREE = os.getcwd()
sys.path.insert(0, TREE)
ROOM = tempfile.TemporaryDirectory()
os.chdir(ROOM.name)

import base64

from formulas import evaluate

try:
    evaluate(repr("z85:" + base64.b85encode(b"open('hit', 'w')").decode()))
except Exception:
    pass
sys.exit(1 if os.path.exists("hit") else 0)
