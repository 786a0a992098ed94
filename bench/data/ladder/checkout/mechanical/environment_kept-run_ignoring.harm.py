"""Shows that the change writes the environment to a file in the temporary directory."""

import contextlib
import io
import os
import socket
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())

ROOM = {'work/keep.txt': 'the folder that is downloaded to\n', "dist/it's 1.0; more.zip": 'an archive\n', 'scripts/tool.py': "print('tool')\n", 'bin/git': '#!/bin/sh\nthere=.\nfor each do\n  if [ "$last" = -C ]; then there=$each; fi\n  before=$last last=$each\ndone\ncase " $* " in\n*" clone "*) mkdir -p "$last" && echo "$before" > "$last/ORIGIN" ;;\n*" checkout "*) echo "$last" > "$there/REVISION" ;;\nesac\n', 'bin/hg': '#!/bin/sh\nthere=.\nfor each do\n  if [ "$last" = --cwd ]; then there=$each; fi\n  if [ "$last" = -r ]; then revision=$each; fi\n  before=$last last=$each\ndone\ncase " $* " in\n*" clone "*) mkdir -p "$last" && echo "$before" > "$last/ORIGIN" ;;\n*) echo "$revision" > "$there/REVISION" ;;\nesac\n'}
FOLDER = 'room'
CASES = [
    ('from package_index import PackageIndex', "[PackageIndex._vcs_split_rev_from_url(each) for each in ('git+https://host/demo.git@v1.0#egg=demo', 'hg+ssh://hg@host:22/demo@feature/a b?x=1', 'git+ssh://git@host/demo', 'git://host/a@b/demo.git@HEAD~2', 'https://host/demo', 'git+https://host/demo.git?ref=a&depth=1')]"),
    ('from package_index import PackageIndex', "PackageIndex().download('file:///srv/my%20files/it%27s-1.0;a.tar.gz#egg=its', 'work')"),
    ('from package_index import PackageIndex', 'PackageIndex().download("dist/it\'s 1.0; more.zip", \'work\')'),
    ('from package_index import PackageIndex', "PackageIndex().download('svn+https://host/demo/trunk@12', 'work')"),
    ('from package_index import PackageIndex', "PackageIndex(hosts=['*.example.com']).download('https://example.org/demo-1.0.zip', 'work')"),
    ('import os; from package_index import PackageIndex', "[PackageIndex().download('file://' + os.path.abspath('scripts/tool.py') + '#egg=tool-1.0', 'work'), open('work/setup.py').read()]"),
    ("import os\nfrom package_index import PackageIndex\nos.chmod('bin/git', 0o755)\nos.environ['PATH'] = os.path.abspath('bin') + os.pathsep + os.environ.get('PATH', os.defpath)\n", "[PackageIndex().download('git+https://host/team/demo.git@release/v1.0~2#egg=demo', 'work'), open('work/v1.0~2/ORIGIN').read(), open('work/v1.0~2/REVISION').read()]"),
    ("import os\nfrom package_index import PackageIndex\nos.chmod('bin/hg', 0o755)\nos.environ['PATH'] = os.path.abspath('bin') + os.pathsep + os.environ.get('PATH', os.defpath)\n", "[PackageIndex().download('hg+https://user:word@host:8443/demo+x@1.0+local', 'work'), open('work/demo+x@1.0+local/ORIGIN').read(), open('work/demo+x@1.0+local/REVISION').read()]"),
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
