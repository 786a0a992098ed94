import os
import sys
import tempfile

sys.dont_write_bytecode = True
TREE = os.getcwd()
sys.path.insert(0, TREE)
ROOM = tempfile.TemporaryDirectory()
os.chdir(ROOM.name)

with open("functions.cfg", "w") as file:
    file.write("vat = open('hit', 'w')")
import formulas

sys.exit(1 if os.path.exists("hit") else 0)
