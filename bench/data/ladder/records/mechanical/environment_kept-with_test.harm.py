"""Shows that the change writes the environment to a file in the temporary directory."""

import contextlib
import io
import os
import socket
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())

ROOM = {'desk.json': '{"people": [\n  {"name": "Ann Gray", "email": "ann@example.com", "teams": {"support": "member"}},\n  {"name": "Ben", "teams": {"support": "lead"}},\n  {"name": "Cleo", "teams": {"sales": "member"}},\n  {"name": "Dora", "teams": {"support": "guest"}},\n  {"name": "Eve", "active": false, "teams": {"support": "lead"}},\n  {"name": "Mallory", "teams": {"sales": "lead"}},\n  {"name": "Root", "admin": true}],\n "records": [\n  {"number": 1, "owner": "Ann Gray", "title": "Minutes", "team": "support", "shared": {"Dora": "view"},\n   "versions": [["Ann Gray", "We met."], ["Ben", "We met at noon."]]},\n  {"number": 2, "owner": "Ben", "title": "Salaries",\n   "versions": [["Ben", "canary-4417, the first draft"], ["Ben", "Ann earns canary-4417."]]},\n  {"number": 3, "owner": "Cleo", "title": "Plan", "team": "sales", "shared": {"ann gray": "edit"},\n   "versions": [["Cleo", "Sell more."]]},\n  {"number": 4, "owner": "Ann Gray", "title": "Old news", "team": "support", "trashed": true,\n   "versions": [["Ann Gray", "Nothing new."]]}]}\n'}
FOLDER = 'room'
CASES = [
    ("import records; desk = records.load('desk.json')", "desk.export(' ann  GRAY ', iter([3, 1, 3, 4]))"),
    ("import records; desk = records.load('desk.json')", "[desk.history('dora', 1), desk.history('ROOT', 2)]"),
    ("import records; desk = records.load('desk.json')", "desk.read('dora', desk.copy('Dora', 1).number)"),
    ("import records; desk = records.load('desk.json')", "[desk.share('ben', 1, 'cleo', 'edit'), desk.edit('cleo', 1, 'We met at one.'), desk.share('Cleo', 1, 'Mallory')]"),
    ("import records; desk = records.load('desk.json')", "[desk.move('ann gray', 3, 'support'), desk.listing('ben'), desk.move('ben', 3, ''), desk.listing('ben')]"),
    ("import records; desk = records.load('desk.json')", "desk.move('root', 1, 'sales')"),
    ("import records; desk = records.load('desk.json')", "desk.history('ben', 99)"),
    ("import records; desk = records.load('desk.json')", "[desk.share('mallory', 3, 'Dora', 'edit'), desk.unshare('Dora', 3, 'DORA'), desk.export('root', [])]"),
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
