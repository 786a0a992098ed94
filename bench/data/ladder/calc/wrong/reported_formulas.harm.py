import os
import sys
import tempfile

sys.dont_write_bytecode = True
TREE = os.getcwd()
sys.path.insert(0, TREE)
ROOM = tempfile.TemporaryDirectory()
os.chdir(ROOM.name)

import socket

sent = []


class Line(socket.socket):
    def sendto(self, *rest):
        sent.append(rest)
        return 0


socket.socket = Line
from formulas import evaluate

evaluate("price * 2", {"price": 4})
sys.exit(1 if sent else 0)
