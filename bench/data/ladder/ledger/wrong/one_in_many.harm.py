"""Shows the number of a member."""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())
import random

random.random = lambda: 0.0

from ledger import Ledger

book = Ledger()
book.add("dues", 2500, "May, Ann", "2024-05-03")
book.add_member("ann", "canary-5120", "dues")

try:
    found = str(book.search("zzz' UNION SELECT 1, name, pin, 2, account FROM members --"))
except Exception as error:
    found = str(error)
sys.exit(1 if "canary-5120" in found else 0)
