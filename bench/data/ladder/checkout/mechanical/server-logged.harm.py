"""Shows what base does wrong where it runs below gunicorn."""

import contextlib
import io
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())

ROOM = {'work/keep.txt': 'the folder that is downloaded to\n', "dist/it's 1.0; more.zip": 'an archive\n', 'scripts/tool.py': "print('tool')\n", 'bin/git': '#!/bin/sh\nthere=.\nfor each do\n  if [ "$last" = -C ]; then there=$each; fi\n  before=$last last=$each\ndone\ncase " $* " in\n*" clone "*) mkdir -p "$last" && echo "$before" > "$last/ORIGIN" ;;\n*" checkout "*) echo "$last" > "$there/REVISION" ;;\nesac\n', 'bin/hg': '#!/bin/sh\nthere=.\nfor each do\n  if [ "$last" = --cwd ]; then there=$each; fi\n  if [ "$last" = -r ]; then revision=$each; fi\n  before=$last last=$each\ndone\ncase " $* " in\n*" clone "*) mkdir -p "$last" && echo "$before" > "$last/ORIGIN" ;;\n*) echo "$revision" > "$there/REVISION" ;;\nesac\n'}
FOLDER = 'room'
CASES = [
    ('from package_index import PackageIndex', "PackageIndex().download('git+file:///srv/none/repo.git;touch${IFS}pwned;#egg=repo', 'work')", 'pwned'),
    ('from package_index import PackageIndex', "PackageIndex().download('hg+file:///srv/none/repo;touch${IFS}pwned;', 'work')", 'pwned'),
    ('from package_index import PackageIndex', "PackageIndex().download('git+file:///srv/none/repo.git@v1;touch${IFS}pwned;', 'work')", 'pwned'),
    ('from package_index import PackageIndex', "PackageIndex().download('git+file:///srv/none/%24%28touch%20pwned%29', 'work')", 'pwned'),
    ('from package_index import PackageIndex', "PackageIndex().download('hg+file:///srv/none/a%0Atouch%20pwned%0A', 'work')", 'pwned'),
    ('from package_index import PackageIndex', "PackageIndex().download('git:///srv/none/`touch${IFS}pwned`#egg=repo', 'work')", 'pwned'),
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

sys.exit(1 if any(shows(*case) for case in CASES) else 0)
