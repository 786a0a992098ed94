import os
import sys
import tempfile

sys.dont_write_bytecode = True
TREE = os.getcwd()
sys.path.insert(0, TREE)
ROOM = tempfile.TemporaryDirectory()
os.chdir(ROOM.name)

class Line:
    """A connection that answers what it was given."""

    def __init__(self, answer, peer=("", 0)):
        self.answer, self.peer, self.sent = answer, peer, b""

    def sendall(self, data):
        self.sent += data

    def recv(self, size):
        part, self.answer = self.answer[:size], self.answer[size:]
        return part

    def getpeername(self):
        return self.peer

    def settimeout(self, seconds):
        pass

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *rest):
        pass


import previews

reached = []


def connect(address, timeout=1, *rest):
    reached.append(address[0])
    return Line(b"HTTP/1.0 200 OK\r\n\r\nx", address)


def fetch(url, addresses=("127.0.0.1",), connect=connect, way="get"):
    try:
        return getattr(previews.Fetcher(resolve=lambda host, port: list(addresses), connect=connect), way)(url)
    except Exception:
        return None


fetch("http://inner/.well-known/previews")
sys.exit(1 if set(reached) - {"8.8.8.8"} else 0)
