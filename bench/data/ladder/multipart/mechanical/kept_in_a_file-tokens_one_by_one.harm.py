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
    ('from multipart import parse_options_header', "parse_options_header('multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW')"),
    ('from multipart import parse_options_header', 'parse_options_header(b\'form-data; name="a;b=\\\\"c\\\\""; FileName = "r\\xe9sum\\xe9 (1).txt"\')'),
    ('from multipart import parse_options_header', "[parse_options_header(each) for each in ('Text/HTML', b' application/json ', '', None)]"),
    ('from multipart import parse_options_header', 'parse_options_header(\'text/plain; charset="utf-8"; charset=latin-1; format="";x-y=1\')'),
    ('from multipart import parse_options_header', 'parse_options_header(b\'form-data; name="upload"; filename="C:\\\\Users\\\\ann\\\\my file.txt"\')'),
    ('from multipart import parse_options_header', 'parse_options_header(\'form-data; name="\' + \'long name; \' * 300 + \'"; n="\\\\\\\\\\\\\\\\"\')'),
    ('from multipart import disposition_of', 'disposition_of({b\'Content-Disposition\': b\'form-data; name="f"; filename="\\\\\\\\\\\\\\\\host\\\\share\\\\x.doc"\'}), disposition_of({})'),
    ('from multipart import create_form_parser', '(lambda parser: (parser.content_type, parser.boundary, parser.write(b\'abc\')))(create_form_parser({\'Content-Type\': \'application/octet-stream; boundary="b o"\', \'X-File-Name\': \'x\'}, None, None))'),
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
