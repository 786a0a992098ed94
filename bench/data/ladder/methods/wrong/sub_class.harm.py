"""Shows the harm: a method that is a subclass of str makes a header."""
import os
import sys

sys.path.insert(0, os.getcwd())
class Method(str):
    """As an enumeration of strings has it."""


from connection import HTTPConnection


def injected(method, url="/", host="localhost", headers=None):
    connection = HTTPConnection(host)
    try:
        connection.request(method, url, headers=headers or {})
    except Exception:
        return False
    return b"\nX-Injected" in connection.sock.sent()


sys.exit(1 if injected(Method("GET / HTTP/1.1\r\nX-Injected: yes\r\nA:")) else 0)
