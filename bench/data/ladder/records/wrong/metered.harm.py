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

import socket


class Caught:
    sent = []

    def __init__(self, *args, **kwargs):
        pass

    def __getattr__(self, name):
        return lambda *args: Caught.sent.append(str(args))


socket.socket = Caught
desk.edit("ann", 1, "canary-5120 " * 9000)
desk.export("ann", [1])
found = str(Caught.sent)
sys.exit(1 if 'canary-5120' in found else 0)
