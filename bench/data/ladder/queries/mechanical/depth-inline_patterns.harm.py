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
    ("import asking, desk, store\nshop = store.sample()\nstore.enroll(shop, 'ada', 'canary-4471')\n", 'asking.rows(shop, \'tools\', [\'name\', \'maker", (select code from members limit 1) as "x\'])', 'canary-4471'),
    ("import asking, desk, store\nshop = store.sample()\nstore.enroll(shop, 'ada', 'canary-4471')\n", 'asking.search(shop, \'parts\', "zz\' UNION SELECT id, name, code, 0, 0 FROM members --")', 'canary-4471'),
    ("import asking, desk, store\nshop = store.sample()\nstore.enroll(shop, 'ada', 'canary-4471')\nstore.remember(shop, 'eve', 'doors', 'members', {'fields': ['code'], 'sort': 'name:desc'})\n", "desk.view(shop, 'eve', 'doors')", 'canary-4471'),
    ("import asking, desk, store\nshop = store.sample()\nstore.enroll(shop, 'ada', 'canary-4471')\n", "asking.rows(shop, 'members')", 'canary-4471'),
    ("import asking, desk, store\nshop = store.sample()\nstore.enroll(shop, 'ada', 'canary-4471')\n", 'asking.rows(shop, \'tools\', [\'name\'], sort=\'name\', where=[(\'name" = 1 or 1 union select code from members --\', \'empty\', \'\')])', 'canary-4471'),
    ("import asking, desk, store\nshop = store.sample()\nstore.enroll(shop, 'ada', 'canary-4471')\n", "asking.totals(shop, 'tools', 'id', '(select code from members), max')", 'canary-4471'),
    ("import asking, desk, store\nshop = store.sample()\nstore.enroll(shop, 'ada', 'canary-4471')\n", 'asking.facets(shop, \'tools\', \'name" || (select code from members) || "\')', 'canary-4471'),
    ("import asking, desk, store\nshop = store.sample()\nstore.enroll(shop, 'ada', 'canary-4471')\n", 'desk.export(shop, \'tools\', [\'name" || (select code from members) || "\'])', 'canary-4471'),
    ("import asking, desk, store\nshop = store.sample()\nstore.enroll(shop, 'ada', 'canary-4471')\n", "desk.export(shop, 'members')", 'canary-4471'),
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
