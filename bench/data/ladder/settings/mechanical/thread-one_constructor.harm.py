"""Shows what base does wrong where it runs in a thread."""

import contextlib
import io
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())

ROOM = {'service.ini': '[server]\nport = 8080\n'}
FOLDER = 'room'
CASES = [
    ('from settings import expand, from_environment, load', 'load(\'[a]\\nb = !open ["owned.txt", "w"]\')', 'owned.txt'),
    ('from settings import load', 'load(\'[a]\\nb = !shutil.copyfile ["service.ini", "owned.txt"]\')', 'owned.txt'),
    ('from settings import expand, from_environment, load', 'from_environment({\'APP_A_B\': \'os.open:["owned.txt", 65]\'})', 'owned.txt'),
    ('from settings import expand, from_environment, load', "from_environment({'APP_A_B': '[!open [owned.txt, w]]'})", 'owned.txt'),
    ('from settings import expand, from_environment, load', "load('[a]\\nb = [1, !set [!shutil.copyfile [service.ini, owned.txt]]]')", 'owned.txt'),
    ('from settings import expand, from_environment, load', "load('[a]\\nb = !pathlib.os.open [owned.txt, 65]')", 'owned.txt'),
    ('from settings import expand, from_environment, load', "expand({'a': {'b': '${a.c}', 'c': '!open [owned.txt, w]'}})", 'owned.txt'),
]



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

import threading

found = []
worker = threading.Thread(target=lambda: found.append(any(shows(*case) for case in CASES)))
worker.start()
worker.join()
sys.exit(1 if any(found) else 0)
