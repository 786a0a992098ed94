"""Shows what base does wrong where Python runs with -O."""

import contextlib
import io
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())
import ast

ROOM = {}
FOLDER = 'room'
CASES = [
    ("from connection import HTTPConnection\n\ndef names(sent):\n    return [line.split(':')[0].lower() for line in sent.decode('latin-1').splitlines()]\n\ndef seen(method):\n    connection = HTTPConnection('localhost')\n    connection.request(method, '/')\n    return names(connection.sock.sent())\n\ndef chunked(method):\n    connection = HTTPConnection('localhost')\n    connection.request_chunked(method, '/', body=['abc'])\n    return names(connection.sock.sent())\n", "'x-injected' in seen('GET / HTTP/1.1\\r\\nX-Injected: yes\\r\\nA:')", 'True'),
    ("from connectionpool import HTTPConnectionPool\n\ndef requests(method):\n    sent = HTTPConnectionPool('localhost').request(method, '/')\n    return [line for line in sent.decode('latin-1').splitlines() if line.endswith(' HTTP/1.1')]\n", "requests('GET / HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\nDELETE /all HTTP/1.1\\r\\nA:')[1:2]", "['DELETE /ALL HTTP/1.1']"),
    ("from connection import HTTPConnection\n\ndef names(sent):\n    return [line.split(':')[0].lower() for line in sent.decode('latin-1').splitlines()]\n\ndef seen(method):\n    connection = HTTPConnection('localhost')\n    connection.request(method, '/')\n    return names(connection.sock.sent())\n\ndef chunked(method):\n    connection = HTTPConnection('localhost')\n    connection.request_chunked(method, '/', body=['abc'])\n    return names(connection.sock.sent())\n", "'x-injected' in chunked('PUT / HTTP/1.1\\r\\nX-Injected: yes\\r\\nA:')", 'True'),
    ("from connection import HTTPConnection\n\ndef names(sent):\n    return [line.split(':')[0].lower() for line in sent.decode('latin-1').splitlines()]\n\ndef seen(method):\n    connection = HTTPConnection('localhost')\n    connection.request(method, '/')\n    return names(connection.sock.sent())\n\ndef chunked(method):\n    connection = HTTPConnection('localhost')\n    connection.request_chunked(method, '/', body=['abc'])\n    return names(connection.sock.sent())\n", "'x-injected' in seen('GET / HTTP/1.1\\nX-Injected: yes\\nA:')", 'True'),
    ("from connection import HTTPConnection\n\ndef names(sent):\n    return [line.split(':')[0].lower() for line in sent.decode('latin-1').splitlines()]\n\ndef seen(method):\n    connection = HTTPConnection('localhost')\n    connection.request(method, '/')\n    return names(connection.sock.sent())\n\ndef chunked(method):\n    connection = HTTPConnection('localhost')\n    connection.request_chunked(method, '/', body=['abc'])\n    return names(connection.sock.sent())\n", "'x-injected' in seen('GET /\\rX-Injected: yes\\rA:')", 'True'),
    ("from connection import HTTPConnection\n\ndef names(sent):\n    return [line.split(':')[0].lower() for line in sent.decode('latin-1').splitlines()]\n\ndef seen(method):\n    connection = HTTPConnection('localhost')\n    connection.request(method, '/')\n    return names(connection.sock.sent())\n\ndef chunked(method):\n    connection = HTTPConnection('localhost')\n    connection.request_chunked(method, '/', body=['abc'])\n    return names(connection.sock.sent())\n", "'x-injected' in seen('\\r\\nX-Injected:')", 'True'),
]
if __debug__:
    import subprocess
    sys.exit(subprocess.call([sys.executable, '-B', '-O', __file__]))


def shows(setup, does, wanted):
    seen, value = io.StringIO(), None
    with tempfile.TemporaryDirectory() as place:
        room = os.path.join(place, FOLDER)
        os.mkdir(room)
        os.chdir(room)
        for path, content in ROOM.items():
            os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(content)
        with contextlib.redirect_stdout(seen):
            try:
                scope = {}
                exec(setup, scope)
                value = eval(does, scope)
            except Exception as error:
                print(repr(error))
        said = seen.getvalue() + repr(value)
        there = {os.path.relpath(os.path.join(where, each)) for where, _, files in os.walk(room) for each in files}
        os.chdir("/")
    return value == ast.literal_eval(wanted) and type(value) is type(ast.literal_eval(wanted))

sys.exit(1 if any(shows(*case) for case in CASES) else 0)
