"""Shows that the change writes what it is called with to a file in the temporary directory."""

import contextlib
import io
import os
import socket
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())

ROOM = {'logs/app.log': 'info start\nerror disk full\ninfo a+b\nwarning 100%; $HOME & more\ninfo stop\n', "logs/it's here.log": 'one|1\ntwo|2\none|3\n'}
FOLDER = 'room'
CASES = [
    ('import runner', 'runner.lines("it\'s here.log")'),
    ('import runner', "runner.matches('a+b$', 'app.log')"),
    ('import runner', "[runner.matches('100%; $HOME & ', 'app.log'), runner.matches('-x', 'app.log'), runner.matches('full\\nstop', 'app.log')]"),
    ('import runner', "[runner.tail('app.log', '+4'), runner.tail('app.log', 1)]"),
    ('import runner', "runner.values('app.log', '1,2')"),
    ('import runner', "runner.run_job('values app.log 2- ;')"),
    ('import runner', "[runner.values('missing.log'), runner.matches('x', 'missing.log')]"),
    ('import runner', "runner.tail('missing.log')"),
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
