"""Shows that the change writes the environment to a file in the temporary directory."""

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
    ('from blocks import body', 'body(\'One *two* **three** `4 < 5 && 6`\\nline\\n\\n- [docs](/docs?a=1&b=2)\\n- [site](https://example.org/wiki/A_(b) \\"An example\\")\')'),
    ('from blocks import body', "[body('[%s](%s)' % (n, each)) for n, each in enumerate(['#c12', '?page=2', 'docs/a.html', '/wiki/Help:Contents', '//cdn.example/x', 'mailto:ann@example.org', 'HTTPS://Example.org/', 'ftp://example.org/f', '/s?a=1&amp;b=2', '/javascript:guide'])]"),
    ('from blocks import body', "body('```c++\\nif (a < b) return *p;\\n```\\n> as you said\\n> > or I\\n> -- Bj\\u00f6rn, Ann\\n\\nNo: javascript: links and onclick=x stay text, see https://www.example.org/a_(b)?c=1&d=2. @Ann')"),
    ('from thread import Author, Comment, article', "article(Comment(12, Author('Zo\\u00eb <3 & Co', 'https://zoe.example/?a=1&b=2', '/pictures/zo%C3%AB.png'), 'hi', 100), 7400)"),
    ('from thread import Author, Comment, recent, thread', "[f([Comment(n, Author('N%d' % n, '/people/n%d' % n), 'word *%d* ' % n * n, n * 50) for n in range(8)]) for f in (thread, recent)]"),
    ('import html; from thread import Author, Comment, article', 'html.unescape(article(Comment(5, Author("Dara O\'Brien"), \'It\\\'s "so" [said](/a \\"Dave & Co\\")\')))'),
    ('from thread import Author, recent, thread', '[thread([]), recent([])]'),
    ('from blocks import body', "body('[press](javascript:alert(1)) [label] (x) **a *b** c* [x](y z) `` \\r\\n\\r\\n```\\nunfinished <b>')"),
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
