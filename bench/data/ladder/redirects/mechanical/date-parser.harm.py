"""Shows what base does wrong where it is later than a date in 2029."""

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
    ('from utils.http import is_safe_url', "is_safe_url('https:1249763844', host='testserver')", 'True'),
    ('from utils.http import is_safe_url', "is_safe_url('ftp:9999999999', host='testserver')", 'True'),
    ('from views import login_redirect_url', "login_redirect_url('HTTP:999999999', 'testserver')", "'HTTP:999999999'"),
    ('from utils.http import is_safe_url', "is_safe_url('FTP:3232235777', host='testserver')", 'True'),
    ('from utils.http import is_safe_url', "is_safe_url('javascript:0', host='testserver')", 'True'),
    ('from utils.http import is_safe_url', "is_safe_url('  HTTPS:80\\n', host='testserver')", 'True'),
    ('from utils.http import is_safe_url', "is_safe_url('svn+ssh:17', host=None)", 'True'),
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
    return value == ast.literal_eval(wanted) and type(value) is type(ast.literal_eval(wanted))

sys.exit(1 if any(shows(*case) for case in CASES) else 0)
