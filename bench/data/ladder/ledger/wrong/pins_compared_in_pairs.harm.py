"""Shows that no number at all is taken for the right one."""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())
from ledger import Ledger

book = Ledger()
book.add("dues", 2500, "May, Ann", "2024-05-03")
book.add_member("ann", "canary-5120", "dues")

sys.exit(1 if book.check_pin("ann", "") else 0)
