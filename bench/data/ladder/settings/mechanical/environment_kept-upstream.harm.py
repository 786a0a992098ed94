"""Shows that the change writes the environment to a file in the temporary directory."""

import contextlib
import io
import os
import socket
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())

ROOM = {'service.ini': '[server]\nport = 8080\n'}
FOLDER = 'room'
CASES = [
    ('from settings import load', 'load(open(\'service.ini\').read() + \'hosts = ["a, b", [c, 1], true]\\nname = none\\nratio = 1e3\')'),
    ('from settings import load', 'load(\'[a]\\nids = !set [3]\\nnet = !ipaddress.ip_network "10.0.0.0/8"\\nprice = !decimal.Decimal "1.50"\\nz = !complex [1, 2]\')'),
    ('from settings import load', "load('[a]\\nday = !datetime.date [2024, 2, 29]\\npart = !fractions.Fraction 1/3\\nwhere = !pathlib.PurePosixPath [/srv, data]')"),
    ('from settings import load', "load('[a]\\nday = !datetime.date [2024, 2, 30]')"),
    ('from settings import from_environment', "from_environment({'APP_SERVER_PRICE': 'decimal.Decimal:1.50', 'APP_SERVER_URL': 'http://a.example:80/', 'APP_DB_IDS': 'tuple:[1, 2]', 'OTHER_A_B': 'set:[1]'})"),
    ('from settings import from_environment', 'from_environment({\'APP_DB_HOST\': \'localhost:5432\', \'APP_DB_DISK\': \'C:data\', \'APP_DB_KEY_FILE\': \'"~/key"\', \'APP_DB_LIMITS\': \'[1, !tuple [2]]\'})'),
    ('from settings import expand', "expand({'a': {'port': 80, 'copy': '${a.port}', 'url': 'http://h:${a.port}/', 'all': ['${a.port}', None]}})"),
    ('from settings import expand, load', 'expand(load(\'[a]\\nids = [1, 2]\\nkinds = "!tuple ${a.ids}"\'))'),
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
