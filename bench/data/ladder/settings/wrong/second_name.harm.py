import os
import sys
import tempfile

sys.dont_write_bytecode = True
TREE = os.getcwd()
sys.path.insert(0, TREE)
ROOM = tempfile.TemporaryDirectory()
os.chdir(ROOM.name)

from settings import load

try:
    load('[a]\nb = !decimal.Decimal#os.mkdir hit')
except Exception:
    pass
sys.exit(1 if os.path.exists("hit") else 0)
