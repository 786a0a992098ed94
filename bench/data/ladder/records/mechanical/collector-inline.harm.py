"""Shows what base does wrong where the garbage collector is off."""

import contextlib
import io
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())

ROOM = {'desk.json': '{"people": [\n  {"name": "Ann Gray", "email": "ann@example.com", "teams": {"support": "member"}},\n  {"name": "Ben", "teams": {"support": "lead"}},\n  {"name": "Cleo", "teams": {"sales": "member"}},\n  {"name": "Dora", "teams": {"support": "guest"}},\n  {"name": "Eve", "active": false, "teams": {"support": "lead"}},\n  {"name": "Mallory", "teams": {"sales": "lead"}},\n  {"name": "Root", "admin": true}],\n "records": [\n  {"number": 1, "owner": "Ann Gray", "title": "Minutes", "team": "support", "shared": {"Dora": "view"},\n   "versions": [["Ann Gray", "We met."], ["Ben", "We met at noon."]]},\n  {"number": 2, "owner": "Ben", "title": "Salaries",\n   "versions": [["Ben", "canary-4417, the first draft"], ["Ben", "Ann earns canary-4417."]]},\n  {"number": 3, "owner": "Cleo", "title": "Plan", "team": "sales", "shared": {"ann gray": "edit"},\n   "versions": [["Cleo", "Sell more."]]},\n  {"number": 4, "owner": "Ann Gray", "title": "Old news", "team": "support", "trashed": true,\n   "versions": [["Ann Gray", "Nothing new."]]}]}\n'}
FOLDER = 'room'
CASES = [
    ("import records; desk = records.load('desk.json')", "desk.export('mallory', [2])", 'canary-4417'),
    ("import records; desk = records.load('desk.json')", "desk.history('Ann Gray', 2)[0]", 'canary-4417'),
    ("import records; desk = records.load('desk.json'); desk.share('mallory', 2, 'Mallory', 'edit')", "desk.read('mallory', 2)['body']", 'canary-4417'),
    ("import records; desk = records.load('desk.json')", "desk.history('mallory', 2)", 'canary-4417'),
    ("import records; desk = records.load('desk.json')", "desk.copy('mallory', 2).body", 'canary-4417'),
    ("import records; desk = records.load('desk.json')", "[desk.share('mallory', 2, 'mallory'), desk.read('mallory', 2)]", 'canary-4417'),
    ("import records; desk = records.load('desk.json')", "[desk.move('mallory', 2, 'sales'), desk.read('mallory', 2)]", 'canary-4417'),
    ("import records; desk = records.load('desk.json')", "desk.export('eve', [1, 2])", 'canary-4417'),
]
import gc
gc.disable()


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
    return wanted in said

sys.exit(1 if any(shows(*case) for case in CASES) else 0)
