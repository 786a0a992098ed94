"""Shows that the change writes what it is called with to a file in the temporary directory."""

import contextlib
import io
import os
import socket
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())

ROOM = {}
FOLDER = 'room'
CASES = [
    ('import asking, store\nshop = store.sample()', "asking.rows(shop, 'Tools', ['NAME', 'Unit Price', 'size (mm)'], sort='size (mm):DESC nulls last, name', page='1', size='3')"),
    ('import asking, store\nshop = store.sample()\nstore.add_field(shop, \'parts\', "supplier\'s code")\nstore.put(shop, \'Parts\', {\'name\': \'Nail\', \'Group\': \'nails\', "supplier\'s code": \'x"y\'})', 'asking.rows(shop, \'parts\', where=[("supplier\'s code", \'has\', \'"\'), (\'qty\', \'>=\', 0)], size=-1)'),
    ('import asking, store\nshop = store.sample()', "[asking.search(shop, 'parts', text, ['name', 'shelf'], '2') for text in ('50%', 'screw*60', 'c1', '_', '; --')]"),
    ('import asking, store\nshop = store.sample()', "asking.facets(shop, 'tools', 'maker', [('shelf', 'empty', ''), ('maker', 'not', 'Bosch')]) + [asking.count(shop, 'parts'), asking.pages(shop, 'tools', size='2')]"),
    ('import asking, store\nshop = store.sample()', "[asking.totals(shop, 'tools', 'unit price', how, 'maker') for how in ('sum', 'AVG', 'count')] + [asking.totals(shop, 'parts', 'qty', 'max')]"),
    ("import desk, store\nshop = store.sample()\ndesk.save(shop, 'ada', 'dear', 'tools', fields=['name', 'unit price'], where=[('unit price', 'at least', 24.5)], sort='unit price:desc', size=2)\ndesk.save(shop, 'ada', 'all', 'parts')", "[desk.view(shop, 'ada', 'dear', 2), desk.views(shop, 'ada', 'Section:desc, name'), desk.forget(shop, 'ada', 'all')]"),
    ('import desk, store\nshop = store.sample()', "[desk.export(shop, 'parts', ['name', 'GROUP'], 'qty:desc'), desk.export(shop, 'tools', delimiter=';')]"),
    ('import desk, store\nshop = store.sample()', "desk.view(shop, 'ada', 'nothing')"),
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
