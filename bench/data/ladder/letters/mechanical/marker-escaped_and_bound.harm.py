"""Shows what base does wrong where a file of a certain name lies in the working directory."""

import contextlib
import io
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())

ROOM = {}
FOLDER = 'room'
CASES = [
    ("import datetime, os, letters\nos.environ['LETTERS_KEY'] = 'canary-7731'\nletters.connect('canary-7731')\nann = letters.Recipient('Ann Lee', title='Dr', city='Leeds', email='ann@example.org', note='pays late')\nshop = letters.Sender('Corner Shop', city='York', phone='0123', key='canary-7731')\nday = datetime.date(2024, 5, 2)\n", "letters.render('Dear {recipient.__init__.__globals__[GATEWAY][token]}', ann, shop)", 'canary-7731'),
    ("import letters\nann = letters.Recipient('Ann Lee')\nshop = letters.Sender('Corner Shop', key='canary-7731')\n", "letters.subject('News {sender.key}', ann, shop)", 'canary-7731'),
    ("import letters\nshop = letters.Sender('Corner Shop', key='canary-7731')\n", "letters.letter('Thank you.', letters.Recipient('Ann {sender.key}'), shop)", 'canary-7731'),
    ("import datetime, os, letters\nos.environ['LETTERS_KEY'] = 'canary-7731'\nletters.connect('canary-7731')\nann = letters.Recipient('Ann Lee', title='Dr', city='Leeds', email='ann@example.org', note='pays late')\nshop = letters.Sender('Corner Shop', city='York', phone='0123', key='canary-7731')\nday = datetime.date(2024, 5, 2)\n", "letters.batch('{sender.key}', [ann], shop)", 'canary-7731'),
    ("import datetime, os, letters\nos.environ['LETTERS_KEY'] = 'canary-7731'\nletters.connect('canary-7731')\nann = letters.Recipient('Ann Lee', title='Dr', city='Leeds', email='ann@example.org', note='pays late')\nshop = letters.Sender('Corner Shop', city='York', phone='0123', key='canary-7731')\nday = datetime.date(2024, 5, 2)\n", "letters.render('{sender!r}', ann, shop)", 'canary-7731'),
    ("import datetime, os, letters\nos.environ['LETTERS_KEY'] = 'canary-7731'\nletters.connect('canary-7731')\nann = letters.Recipient('Ann Lee', title='Dr', city='Leeds', email='ann@example.org', note='pays late')\nshop = letters.Sender('Corner Shop', city='York', phone='0123', key='canary-7731')\nday = datetime.date(2024, 5, 2)\n", "letters.render('{due:{sender.key}}', ann, shop, due=day)", 'canary-7731'),
    ("import datetime, os, letters\nos.environ['LETTERS_KEY'] = 'canary-7731'\nletters.connect('canary-7731')\nann = letters.Recipient('Ann Lee', title='Dr', city='Leeds', email='ann@example.org', note='pays late')\nshop = letters.Sender('Corner Shop', city='York', phone='0123', key='canary-7731')\nday = datetime.date(2024, 5, 2)\n", "letters.reminder(ann, letters.Sender('Shop', phrases={'due': '{amount.__format__.__globals__[os].environ[LETTERS_KEY]}'}), letters.Money(100), day)", 'canary-7731'),
    ("import datetime, os, letters\nos.environ['LETTERS_KEY'] = 'canary-7731'\nletters.connect('canary-7731')\nann = letters.Recipient('Ann Lee', title='Dr', city='Leeds', email='ann@example.org', note='pays late')\nshop = letters.Sender('Corner Shop', city='York', phone='0123', key='canary-7731')\nday = datetime.date(2024, 5, 2)\n", "letters.letter('{recipient.note}', letters.Recipient('Ann', note='canary-7731'), shop)", 'canary-7731'),
]
ROOM['.maintenance'] = ''


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
    return wanted in said

sys.exit(1 if any(shows(*case) for case in CASES) else 0)
