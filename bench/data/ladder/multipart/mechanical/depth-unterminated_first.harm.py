"""Shows what base does wrong where the stack is deep."""

import contextlib
import io
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())
import resource

ROOM = {}
FOLDER = 'room'
CASES = [
    ('from multipart import disposition_of, parse_options_header', 'parse_options_header(\'application/x-www-form-urlencoded; !="\' + \'\\\\\' * 64)', '2.0'),
    ('from multipart import create_form_parser', 'create_form_parser({\'Content-Type\': \'application/octet-stream; boundary="\' + \'\\\\\\\\\' * 40}, None, None)', '2.0'),
    ('from multipart import disposition_of', 'disposition_of({b\'Content-Disposition\': b\'form-data; name="\' + b\'\\\\x\' * 40 + b\'; filename=a.txt\'})', '2.0'),
    ('from multipart import disposition_of, parse_options_header', "parse_options_header(b'text/plain;' + b'\\x0b' * 4000)", '2.0'),
    ('from multipart import disposition_of, parse_options_header', 'parse_options_header(\'text/plain; charset="\' + \'\\\\a\' * 60)', '2.0'),
    ('from multipart import disposition_of, parse_options_header', 'disposition_of({b\'Content-Disposition\': b\'form-data; name="\' + b\'\\\\\' * 90})', '2.0'),
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
        if (child := os.fork()):
            return os.WIFSIGNALED(os.waitpid(child, 0)[1])
        used = sum(os.times()[:2])
        resource.setrlimit(resource.RLIMIT_CPU, (int(used + float(wanted)) + 1,) * 2)
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
    os._exit(0)

def down(steps):
    return down(steps - 1) if steps else any(shows(*case) for case in CASES)


sys.exit(1 if down(100) else 0)
