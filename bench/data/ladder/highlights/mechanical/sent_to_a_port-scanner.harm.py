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
    ('from highlights import get_lexer_by_name, highlight, lex', '[(str(kind), value) for kind, value in lex(\'greet := method(name, "Hello, \\\\"" .. name .. "\\\\"\\\\n")\\npath := "C:\\\\\\\\tmp\\\\\\\\"; q := ""\\n\', get_lexer_by_name(\'io\'))]'),
    ('from highlights import get_lexer_by_name, highlight, lex', '[(str(kind), value) for kind, value in lex(\'poem := "two\\nlines, one \\\\\\nmore" # end\\n/* a * b */ 12.5e-3 .5 7\', get_lexer_by_name(\'io\'))]'),
    ('from highlights import get_lexer_by_name, highlight, lex', '[(str(kind), value) for kind, value in lex(\'when: Printer discovered: { |p| p.print("a \\\\"b\\\\"\\n\\\\\\\\"); @[Loud, Slow] `sym }\', get_lexer_by_name(\'at\'))]'),
    ('from highlights import get_lexer_by_name, highlight, lex', "[(str(kind), value) for kind, value in lex('a = <-12.50%>\\nb = <.5, +3, 4., 1e6, 2.5E-3, 0xFF, 100%>\\nc = <|0..>=1.5 +/- .25|>\\nd = <12345678901234567.25>', get_lexer_by_name('odin'))]"),
    ('from highlights import get_lexer_by_name, highlight, lex', '[(str(kind), value) for kind, value in lex(\'since = <2011-03-04T10:20:30.5Z>, <P1Y2M3.5D>\\n["k\\\\t1"] = (List<String>) <"x", \\\'c\\\', [local::at0001], http://a.b/c> -- note 1.5\', get_lexer_by_name(\'odin\'))]'),
    ('from highlights import format_html, get_lexer_by_name, highlight, lex', 'highlight(\'a < "b & \\\\\\\'c\\\\\\\'" .. 1.5\', get_lexer_by_name(\'io\'), cssclass=\'code\', classprefix=\'x-\')'),
    ('from highlights import get_lexer_by_name, get_lexer_for_filename, highlight, lex', '[len(list(lex(\'s := "\' + \'word \\\\" \' * 400 + \'"\', get_lexer_for_filename(each)))) for each in (\'a.io\', \'b.at\')]'),
    ('from highlights import get_lexer_by_name, lex', "get_lexer_by_name('cobol')"),
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
