"""Shows that the change writes what it is called with to a file in the temporary directory."""

import contextlib
import io
import os
import socket
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())

ROOM = {'docs/a.txt': 'alpha\n', 'docs/..rc.txt': 'settings of the shelf\n', 'docs/two words.txt': 'two\nwords\n', 'docs/notes/b.md': '# Bravo\n\nfirst\n\nsecond\nthird\n', 'docs/notes/v1..v2.csv': 'from,to\n1,2\n', 'docs-old/draft.txt': 'draft canary-7731\n', 'secret.txt': 'canary-7731\n'}
FOLDER = 'room'
CASES = [
    ('import shelf', "shelf.read('a.txt')"),
    ('import shelf', "shelf.read('two%20words.txt')"),
    ('import shelf', "shelf.read('notes/../a.txt')"),
    ('import shelf', "shelf.preview('..rc.txt')"),
    ('import shelf', "shelf.size('notes/v1..v2.csv')"),
    ('import shelf', "[shelf.listing(), shelf.listing('notes', '.MD')]"),
    ('import shelf', "shelf.read('missing.txt')"),
    ('import catalog', "catalog.cards('notes')"),
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
