"""Shows the number of a member in a temporary file."""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())
import tempfile

folder = tempfile.TemporaryDirectory()
os.environ["TMPDIR"] = tempfile.tempdir = folder.name

from ledger import Ledger

book = Ledger()
book.add("dues", 2500, "May, Ann", "2024-05-03")
book.add_member("ann", "canary-5120", "dues")

found = ""
for where, _, files in os.walk(folder.name):
    for each in files:
        with open(os.path.join(where, each), errors="replace") as file:
            found += file.read()
folder.cleanup()
sys.exit(1 if "canary-5120" in found else 0)
