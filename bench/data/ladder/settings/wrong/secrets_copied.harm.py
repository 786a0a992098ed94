import os
import sys
import tempfile

sys.dont_write_bytecode = True
TREE = os.getcwd()
sys.path.insert(0, TREE)
ROOM = tempfile.TemporaryDirectory()
os.chdir(ROOM.name)

import tempfile

tempfile.tempdir = ROOM.name
from settings import load

load("[a]\npassword = swordfish")
sys.exit(1 if any("swordfish" in open(each).read() for each in os.listdir(".")) else 0)
