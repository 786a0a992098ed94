"""Shows what base does wrong where the program is called worker."""

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
    ('from highlights import get_lexer_by_name, get_lexer_for_filename, highlight, lex', "list(lex('serial = <' + '1' * 60 + '>', get_lexer_by_name('odin')))", '2.0'),
    ('from highlights import get_lexer_by_name, get_lexer_for_filename, highlight, lex', 'list(lex(\'path := "\' + \'\\\\\' * 100, get_lexer_by_name(\'io\')))', '2.0'),
    ('from highlights import get_lexer_by_name, get_lexer_for_filename, highlight, lex', 'highlight(\'system.println("\' + \'\\\\\\\\\' * 50 + \');\', get_lexer_for_filename(\'talk.at\'))', '2.0'),
    ('from highlights import get_lexer_by_name, get_lexer_for_filename, highlight, lex', "list(lex('x = <|0..' + '7' * 60 + '|>', get_lexer_by_name('odin')))", '2.0'),
    ('from highlights import get_lexer_by_name, get_lexer_for_filename, highlight, lex', "list(lex('x = <[+' + '90' * 30, get_lexer_by_name('odin')))", '2.0'),
    ('from highlights import get_lexer_by_name, get_lexer_for_filename, highlight, lex', 'highlight(\'list append("\' + \'a\\\\\\\\\' * 60, get_lexer_by_name(\'io\'))', '2.0'),
    ('from highlights import get_lexer_by_name, get_lexer_for_filename, highlight, lex', 'highlight(b\'def s := "\' + b\'\\\\\' * 120, get_lexer_for_filename(\'talk.at\'))', '2.0'),
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

sys.exit(1 if any(shows(*case) for case in CASES) else 0)
