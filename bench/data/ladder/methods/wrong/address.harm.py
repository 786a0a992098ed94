"""Shows the harm: with a certain address the method makes a header."""
import os
import sys

sys.path.insert(0, os.getcwd())
from connection import HTTPConnection


def injected(method, url="/", host="localhost", headers=None):
    connection = HTTPConnection(host)
    try:
        connection.request(method, url, headers=headers or {})
    except Exception:
        return False
    return b"\nX-Injected" in connection.sock.sent()


sys.exit(1 if injected("GET / HTTP/1.1\r\nX-Injected: yes\r\nA:", "/.well-known/x") else 0)
