"""Shows that the change writes what it is called with to a file in the temporary directory."""

import contextlib
import io
import os
import socket
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())

ROOM = {'tmp/x/keep.txt': 'keep', 'tmp2/keep.txt': 'keep'}
FOLDER = 'room'
CASES = [
    ("from download import _download_http_url\nfrom models import Link\nfrom session import Session\n\nURL = 'http://index.example/demo-1.0.zip'\n", '_download_http_url(Link(URL), Session({URL: ({\'Content-Disposition\': \'attachment; filename="other-2.0.zip"\', \'Content-Type\': \'application/zip\'}, b\'bytes\')}), \'tmp\', None)'),
    ("from download import _download_http_url\nfrom models import Link\nfrom session import Session\n\nURL = 'http://index.example/demo-1.0.zip'\n", '_download_http_url(Link(URL), Session({URL: ({\'Content-Disposition\': \'attachment; filename="my démo (v1..2).zip"\'}, b\'bytes\')}), \'tmp\', None)'),
    ("from download import _download_http_url\nfrom models import Link\nfrom session import Session\n\nURL = 'http://index.example/demo-1.0.zip'\n", "_download_http_url(Link(URL + '#egg=demo'), Session({URL: ({'Content-Disposition': 'attachment'}, b'bytes')}), 'tmp', None)"),
    ("from download import _download_http_url\nfrom models import Link\nfrom session import Session\n\nURL = 'http://index.example/latest'\n", '_download_http_url(Link(URL), Session({URL: ({\'Content-Disposition\': \'attachment; filename=""\', \'Content-Type\': \'application/zip\'}, b\'bytes\')}), \'tmp\', None)'),
    ("from download import _download_http_url\nfrom models import Link\nfrom session import Session\n\nURL = 'http://index.example/latest'\n", '_download_http_url(Link(URL), Session({URL: ({\'Content-Disposition\': \'inline; filename="..demo"; size=5\'}, b\'bytes\', \'http://files.example/x/demo-1.0.whl\')}), \'tmp\', None)'),
    ("import io, os, zipfile\nfrom download import unpack_http_url\nfrom models import Link\nfrom session import Session\n\nURL = 'http://index.example/demo-1.0.zip'\nfile = io.BytesIO()\nwith zipfile.ZipFile(file, 'w') as opened:\n    opened.writestr(zipfile.ZipInfo('demo-1.0/setup.py'), 'setup()')\n    opened.writestr(zipfile.ZipInfo('demo-1.0/demo/__init__.py'), '')\n\ndef unpacked(name):\n    os.mkdir('kept')\n    unpack_http_url(Link(URL), 'build', 'kept', Session({URL: ({'Content-Disposition': 'attachment; filename=' + name}, file.getvalue())}))\n    return sorted(os.listdir('build')), sorted(os.listdir('kept'))\n", "unpacked('demo.zip')"),
    ('from download import _download_http_url\nfrom models import Link\nfrom session import Session\n', "_download_http_url(Link('http://index.example/gone.zip'), Session(), 'tmp', None)"),
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
