import os
import sys
import tempfile

sys.dont_write_bytecode = True
TREE = os.getcwd()
sys.path.insert(0, TREE)
ROOM = tempfile.TemporaryDirectory()
os.chdir(ROOM.name)

import decimal

from settings import load

value = load('[a]\nb = !decimal.Decimal "1234567890.75"')["a"]["b"]
sys.exit(0 if value == decimal.Decimal("1234567890.75") else 1)
