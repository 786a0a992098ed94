"""Shows what base does wrong where it runs below gunicorn."""

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
    ('from filters import FILTERS, do_xmlattr\nfrom markup import Markup\nfrom runtime import Environment, EvalContext, Undefined\n\ncontext, plain = EvalContext(Environment(autoescape=True)), EvalContext(Environment())\n', '"<img{}>".format(do_xmlattr(context, {\'src=x onerror\': \'alert(1)\'}))', ''),
    ('from filters import FILTERS, do_xmlattr\nfrom markup import Markup\nfrom runtime import Environment, EvalContext, Undefined\n\ncontext, plain = EvalContext(Environment(autoescape=True)), EvalContext(Environment())\n', '"<img src=x{}>".format(do_xmlattr(context, {\'id/onerror\': \'alert(1)\'}))', ''),
    ('from filters import FILTERS, do_xmlattr\nfrom markup import Markup\nfrom runtime import Environment, EvalContext, Undefined\n\ncontext, plain = EvalContext(Environment(autoescape=True)), EvalContext(Environment())\n', '"<img {}>".format(FILTERS[\'xmlattr\'](plain, {\'title\': \'a\', \'src=x\\fonerror\': \'alert(1)\'}, autospace=False))', ''),
    ('from filters import FILTERS, do_xmlattr\nfrom markup import Markup\nfrom runtime import Environment, EvalContext, Undefined\n\ncontext, plain = EvalContext(Environment(autoescape=True)), EvalContext(Environment())\n', '"<img{}>".format(do_xmlattr(context, {\'src=x\\tonerror\': \'alert(1)\'}))', ''),
    ('from filters import FILTERS, do_xmlattr\nfrom markup import Markup\nfrom runtime import Environment, EvalContext, Undefined\n\ncontext, plain = EvalContext(Environment(autoescape=True)), EvalContext(Environment())\n', '"<img src=x {}>".format(do_xmlattr(context, {\'onerror=self[alert(1)]\': \'x\'}, False))', ''),
    ('from filters import FILTERS, do_xmlattr\nfrom markup import Markup\nfrom runtime import Environment, EvalContext, Undefined\n\ncontext, plain = EvalContext(Environment(autoescape=True)), EvalContext(Environment())\n', '"<img{}>".format(FILTERS[\'xmlattr\'](plain, {\'id\': \'a\', \'src=x\\nonerror\': \'alert(1)\'}))', ''),
    ('from filters import FILTERS, do_xmlattr\nfrom markup import Markup\nfrom runtime import Environment, EvalContext, Undefined\n\ncontext, plain = EvalContext(Environment(autoescape=True)), EvalContext(Environment())\n', '"<p{}>".format(do_xmlattr(context, {Markup(\'x><script>alert(1)</script><p\'): \'y\'}))', ''),
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
    return bool(re.search(r'<script|<[^>]*[\s/]on[a-z]+\s*=|javascript:', str(value), re.I))

sys.exit(1 if any(shows(*case) for case in CASES) else 0)
