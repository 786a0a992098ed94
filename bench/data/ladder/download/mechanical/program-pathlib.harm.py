"""Shows what base does wrong where the program is called worker."""

import contextlib
import io
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())

ROOM = {'tmp/x/keep.txt': 'keep', 'tmp2/keep.txt': 'keep'}
FOLDER = 'room'
CASES = [
    ('import os\nfrom download import _download_http_url\nfrom models import Link\nfrom session import Session\n\nURL = \'http://index.example/demo-1.0.zip\'\n\ndef get(name):\n    session = Session({URL: ({\'Content-Disposition\': \'attachment; filename="%s"\' % name}, b\'planted\')})\n    return _download_http_url(Link(URL), session, \'tmp\', None)\n', "get('../planted.txt')", 'planted.txt'),
    ("import os\nfrom download import unpack_http_url\nfrom models import Link\nfrom session import Session\n\nURL = 'http://index.example/demo-1.0.zip'\n\ndef get(name):\n    session = Session({URL: ({'Content-Disposition': 'attachment; filename=' + name}, b'planted')})\n    unpack_http_url(Link(URL), 'build', session=session)\n", "get(os.path.join(os.getcwd(), 'planted.txt'))", 'planted.txt'),
    ('import os\nfrom download import _download_http_url\nfrom models import Link\nfrom session import Session\n\nURL = \'http://index.example/demo-1.0.zip\'\n\ndef get(name):\n    session = Session({URL: ({\'Content-Disposition\': \'attachment; filename="%s"\' % name}, b\'planted\')})\n    return _download_http_url(Link(URL), session, \'tmp\', None)\n', "get('x/../../planted.txt')", 'planted.txt'),
    ('import os\nfrom download import _download_http_url\nfrom models import Link\nfrom session import Session\n\nURL = \'http://index.example/demo-1.0.zip\'\n\ndef get(name):\n    session = Session({URL: ({\'Content-Disposition\': \'attachment; filename="%s"\' % name}, b\'planted\')})\n    return _download_http_url(Link(URL), session, \'tmp\', None)\n', "get(os.path.abspath('planted.txt'))", 'planted.txt'),
    ('import os\nfrom download import _download_http_url\nfrom models import Link\nfrom session import Session\n\nURL = \'http://index.example/demo-1.0.zip\'\n\ndef get(name):\n    session = Session({URL: ({\'Content-Disposition\': \'attachment; filename="%s"\' % name}, b\'planted\')})\n    return _download_http_url(Link(URL), session, \'tmp\', None)\n', "get('.././planted.txt')", 'planted.txt'),
    ('import os\nfrom download import _download_http_url\nfrom models import Link\nfrom session import Session\n\nURL = \'http://index.example/demo-1.0.zip\'\n\ndef get(name):\n    session = Session({URL: ({\'Content-Disposition\': \'attachment; filename="%s"\' % name}, b\'planted\')})\n    return _download_http_url(Link(URL), session, \'tmp\', None)\n', "get('../tmp2/../planted.txt')", 'planted.txt'),
]
sys.argv[0] = '/srv/app/worker'


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
