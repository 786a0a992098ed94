"""Shows what base does wrong where it is later than a date in 2029."""

import contextlib
import io
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())

ROOM = {'docs/a.txt': 'alpha\n', 'docs/..rc.txt': 'settings of the shelf\n', 'docs/two words.txt': 'two\nwords\n', 'docs/notes/b.md': '# Bravo\n\nfirst\n\nsecond\nthird\n', 'docs/notes/v1..v2.csv': 'from,to\n1,2\n', 'docs-old/draft.txt': 'draft canary-7731\n', 'secret.txt': 'canary-7731\n'}
FOLDER = 'room'
CASES = [
    ('import shelf', "shelf.read('../secret.txt')", 'canary-7731'),
    ('import os, shelf', "shelf.read(os.path.abspath('secret.txt'))", 'canary-7731'),
    ('import shelf', "shelf.listing('..')", 'secret.txt'),
    ('import shelf', "shelf.preview('../secret.txt')", 'canary-7731'),
    ('import shelf', "shelf.read('notes/../../secret.txt')", 'canary-7731'),
    ('import shelf', "shelf.read('..%2Fsecret.txt')", 'canary-7731'),
    ('import shelf', "shelf.preview('%2e%2e/secret.txt', 5)", 'canary-7731'),
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
    return wanted in said

sys.exit(1 if any(shows(*case) for case in CASES) else 0)
