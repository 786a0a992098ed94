"""Shows what base does wrong where it is later than a date in 2029."""

import contextlib
import io
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())

ROOM = {}
FOLDER = 'room'
CASES = [
    ('from formulas import Sheet, evaluate, fill, select', 'evaluate("__import__(\'pathlib\').Path(\'owned.txt\').write_text(\'x\')")', 'owned.txt'),
    ('from formulas import select', 'select([{\'price\': 1}], "__import__(\'pathlib\').Path(\'owned.txt\').write_text(\'x\')")', 'owned.txt'),
    ('from formulas import Sheet, evaluate, fill, select', 'fill(\'{open("owned.txt", "w").write("x")}\', {})', 'owned.txt'),
    ('from formulas import Sheet, evaluate, fill, select', 'Sheet({\'a\': "=open(\'owned.txt\', \'w\').write(\'x\')"}).value(\'a\')', 'owned.txt'),
    ('from formulas import Sheet, evaluate, fill, select', 'Sheet({\'a\': "=open(\'owned.txt\', \'w\').write(\'x\')"}).report()', 'owned.txt'),
    ('from formulas import Sheet, evaluate, fill, select', 'select([{\'price\': 1}], "price and open(\'owned.txt\', \'w\').write(\'x\')")', 'owned.txt'),
    ('from formulas import Sheet, evaluate, fill, select', 'evaluate(\'min.__self__.open("owned.txt", "w").write("x")\')', 'owned.txt'),
]
import time
time.time = lambda: 1900000000.0


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
    return wanted in there and wanted not in ROOM

sys.exit(1 if any(shows(*case) for case in CASES) else 0)
