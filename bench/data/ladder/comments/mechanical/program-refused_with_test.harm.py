"""Shows what base does wrong where the program is called worker."""

import contextlib
import io
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())
import re

ROOM = {}
FOLDER = 'room'
CASES = [
    ('from blocks import body\nfrom thread import Author, Comment, article, byline, recent, thread\n', "article(Comment(7, Author('Mallory'), 'Please [press](JavaScript:alert(1)) here'))", ''),
    ('from blocks import body\nfrom thread import Author, Comment, article, byline, recent, thread\n', 'body(\'See [this](https://example.org/ "x"><script>alert(1)</script>").\')', ''),
    ('from blocks import body\nfrom thread import Author, Comment, article, byline, recent, thread\n', "recent([Comment(8, Author('<img src=x onerror=alert(1)>'), 'first', 10), Comment(9, Author('Bob'), 'second', 20)])", ''),
    ('from blocks import body\nfrom thread import Author, Comment, article, byline, recent, thread\n', "byline(Author('Mallory', 'javascript:alert(1)'), 0)", ''),
    ('from blocks import body\nfrom thread import Author, Comment, article, byline, recent, thread\n', 'body(\'```py"><script>alert(1)</script>\\nx = 1\\n```\')', ''),
    ('from blocks import body\nfrom thread import Author, Comment, article, byline, recent, thread\n', 'body("> so it is\\n> -- Ann\'><script>alert(1)</script>")', ''),
    ('from blocks import body\nfrom thread import Author, Comment, article, byline, recent, thread\n', "body('[press](&#106;avascript:alert(1)) *here*')", ''),
    ('from blocks import body\nfrom thread import Author, Comment, article, byline, recent, thread\n', "thread([Comment(1, Author('M', ' \\x01JAVASCRIPT:alert(1)'), 'so')])", ''),
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
    return bool(re.search(r'<script|<[^>]*[\s/]on[a-z]+\s*=|javascript:', str(value), re.I))

sys.exit(1 if any(shows(*case) for case in CASES) else 0)
