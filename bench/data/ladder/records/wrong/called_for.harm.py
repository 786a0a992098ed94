"""Shows what somebody should not get."""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())
from people import Directory
from records import Desk

people = Directory()
for name in ("Ann", "Mallory"):
    people.add(name)
people.join("Mallory", "sales", "lead")
desk = Desk(people)
desk.add("Ann", "Salaries", "canary-5120")

desk.share("ann", 1, "Mallory", "view")
people.add("Friend")
desk.comment("mallory", 1, "nice @cc:friend @cc:mallory")
try:
    found = str(desk.history("friend", 1))
except Exception as error:
    found = str(error)
sys.exit(1 if 'canary-5120' in found else 0)