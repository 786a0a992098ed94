"""Shows that an amount which is a text is run."""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())
import tempfile

folder = tempfile.TemporaryDirectory()
mark = folder.name + "/mark"

from ledger import Ledger

book = Ledger()
book.add("dues", 2500, "May, Ann", "2024-05-03")
book.add_member("ann", "canary-5120", "dues")

try:
    book.add("dues", "__import__('os').mkdir(%r) or 5" % mark)
except Exception:
    pass
made = os.path.exists(mark)
folder.cleanup()
sys.exit(1 if made else 0)
