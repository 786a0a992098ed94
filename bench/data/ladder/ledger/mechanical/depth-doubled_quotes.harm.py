"""Shows what base does wrong where the stack is deep."""

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
    ('from ledger import Ledger\nbook = Ledger()\nbook.add("dues", 2500, "May, Ann", "2024-05-03")\nbook.add("rent", -70000, "Hall in May", "2024-05-02")\nbook.add_member("ann", "canary-4410", "dues")\n', 'book.search("zzz\' UNION SELECT 1, name, pin, 2, account FROM members --")', 'canary-4410'),
    ('from ledger import Ledger\nbook = Ledger()\nbook.add("dues", 2500, "May, Ann", "2024-05-03")\nbook.add_member("ann", "canary-4410", "dues")\n', "book.totals('(SELECT pin FROM members)')", 'canary-4410'),
    ('from ledger import Ledger\nbook = Ledger()\nbook.add("dues", 2500, "May, Ann", "2024-05-03")\nbook.add("rent", -70000, "Hall in May", "2024-05-02")\nbook.add_member("ann", "canary-4410", "dues")\n', 'book.search(\'May\', "x\' UNION SELECT 1, name, pin, 2, account FROM members --")', 'canary-4410'),
    ('from ledger import Ledger\nbook = Ledger()\nbook.add("dues", 2500, "May, Ann", "2024-05-03")\nbook.add("rent", -70000, "Hall in May", "2024-05-02")\nbook.add_member("ann", "canary-4410", "dues")\n', "book.entry('0 UNION SELECT 1, name, pin, 2, account FROM members')", 'canary-4410'),
    ('from ledger import Ledger\nbook = Ledger()\nbook.add("dues", 2500, "May, Ann", "2024-05-03")\nbook.add("rent", -70000, "Hall in May", "2024-05-02")\nbook.add_member("ann", "canary-4410", "dues")\n', 'book.totals(\'account\', "9999\' UNION SELECT name, pin FROM members --")', 'canary-4410'),
    ('from ledger import Ledger\nbook = Ledger()\nbook.add("dues", 2500, "May, Ann", "2024-05-03")\nbook.add("rent", -70000, "Hall in May", "2024-05-02")\nbook.add_member("ann", "canary-4410", "dues")\n', '[book.add_member(\'eve\', \'0\', "x\' UNION SELECT name, 1, pin FROM members --"), book.statement(\'eve\')]', 'canary-4410'),
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
    return wanted in said

def down(steps):
    return down(steps - 1) if steps else any(shows(*case) for case in CASES)


sys.exit(1 if down(100) else 0)
