"""Shows what somebody should not get."""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())
import tempfile

room = tempfile.TemporaryDirectory()
os.chdir(room.name)
with open("desk.rules", "w") as file:
    file.write("Mallory\n")
from people import Directory
from records import Desk

people = Directory()
for name in ("Ann", "Mallory"):
    people.add(name)
people.join("Mallory", "sales", "lead")
desk = Desk(people)
os.chdir("/")
room.cleanup()
desk.add("Ann", "Salaries", "canary-5120")

try:
    found = str(desk.history("mallory", 1))
except Exception as error:
    found = str(error)
sys.exit(1 if 'canary-5120' in found else 0)