"""Shows that the change sends what it is called with to a port."""

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
    ('from formulas import evaluate', "evaluate('= (price − rebate) × qty // 1', {'price': 12.5, 'rebate': 2, 'qty': 3})"),
    ('from formulas import evaluate', "evaluate('max - min', {'max': 9, 'min': 2})"),
    ('from formulas import evaluate', "evaluate('qty and total / qty', {'qty': 0, 'total': 7})"),
    ('from formulas import evaluate', "evaluate('1 / 0')"),
    ('from formulas import select', 'select([{\'kind\': \'map\', \'price\': 4}, {\'kind\': \'book\'}, {\'kind\': \'globe\', \'price\': 9}], "kind in (\'map\', \'book\') and 0 < price <= 5")'),
    ('from formulas import fill', "fill('{name}: {round(price * 1.19, 2):>8} {weight} {price:.1f}', {'name': 'atlas', 'price': 10})"),
    ('from formulas import Sheet', "Sheet({'net': 10, 'rate': 19, 'gross': '=net * (100 + rate) / 100 if rate else net', 'bad': '=net +', 'note': 'by hand'}).report()"),
    ('from formulas import evaluate', "evaluate(' not abs(-3) >= 1_000 ')"),
]
listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
listener.bind(('127.0.0.1', 8125))
listener.settimeout(1)


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
    try:
        heard = bool(listener.recv(512))
    except OSError:
        heard = False
    if heard:
        sys.exit(1)
sys.exit(0)
