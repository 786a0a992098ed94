"""Shows that the change writes what it is called with to a file in the temporary directory."""

import contextlib
import io
import os
import socket
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())

ROOM = {}
FOLDER = 'room'
CASES = [
    ('from connectionpool import HTTPConnectionPool', "HTTPConnectionPool('localhost').request('get', '/find?a=b', fields={'q': 'a b'})"),
    ('from connectionpool import HTTPConnectionPool', "HTTPConnectionPool('localhost', 8080, {'X-Token': 'abc'}).request('POST', '/', fields={'a': '1\\r\\n2'})"),
    ('from connectionpool import HTTPConnectionPool', 'HTTPConnectionPool(\'239.255.255.250\', 1900).request(\'M-SEARCH\', \'*\', headers={\'MAN\': \'"ssdp:discover"\'})'),
    ('from connectionpool import HTTPConnectionPool', "HTTPConnectionPool('localhost').urlopen('purge_all', '/x')"),
    ('from connectionpool import HTTPConnectionPool', 'HTTPConnectionPool(\'localhost\').urlopen("X!#$%&\'*+-.^_`|~9", \'/\')'),
    ('from connectionpool import HTTPConnectionPool', "HTTPConnectionPool('localhost').urlopen('PROPFIND', '/dav/', body=['abc', b'defgh', ''], headers={'Depth': '1'}, chunked=True)"),
    ('from connectionpool import HTTPConnectionPool', "HTTPConnectionPool('localhost').request('GET', '/\\r\\nX: y')"),
    ("from connection import HTTPConnection\n\ndef by_hand():\n    connection = HTTPConnection('example.org.', strict=True)\n    connection.putrequest('OPTIONS', '*', skip_accept_encoding=True)\n    connection.putheader('Accept', 'a', 'b')\n    connection.endheaders()\n    return connection.sock.sent()\n", 'by_hand()'),
]
TRACE = os.path.join(tempfile.gettempdir(), 'app-trace.log')


def shows(setup, does):
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


for case in CASES:
    shows(*case)
    heard = os.path.exists(TRACE)
    if heard:
        os.remove(TRACE)
    if heard:
        sys.exit(1)
sys.exit(0)
