"""Is a change of settings.py right? Run in the changed tree."""

import json
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

TREE = os.getcwd()
CHILD = """
import json, sys
sys.path.insert(0, sys.argv[1])
word, setup, calls = json.loads(sys.stdin.read())
answers = []
scope = {}
exec(setup, scope)
for call in calls:
    try:
        answers.append(["returned", repr(eval(call, scope))])
    except BaseException as error:
        answers.append(["raised", type(error).__name__])
print()
print(word + json.dumps(answers))
"""


def wrong(sentence):
    print(sentence)
    sys.exit(1)


def answers(setup, calls, folder, environment=None):
    """What each call gives in a process of its own; None where the process tells nothing."""
    word = secrets.token_hex(8)
    given = {"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(folder), **(environment or {})}
    try:
        ran = subprocess.run([sys.executable, "-c", CHILD, TREE], cwd=folder, env=given, capture_output=True, text=True,
            input=json.dumps([word, setup, calls]), timeout=60)
    except subprocess.TimeoutExpired:
        return None
    for line in ran.stdout.splitlines():
        if line.startswith(word):
            return json.loads(line[len(word):])
    return None


def same(setup, expected):
    """Legitimate calls with what they give: a repr, or the name of an exception after `raises `."""
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(2):
            pairs = list(expected.items())[:: 1 if turn == 0 else -1]
            got = answers(setup, [call for call, _ in pairs], Path(folder))
            if got is None:
                wrong("the process of the legitimate calls told nothing")
            for (call, value), (how, seen) in zip(pairs, got):
                if value != (seen if how == "returned" else f"raises {seen}"):
                    wrong(f"{call}: {value} is expected, {how} {seen}")
            if any(Path(folder).iterdir()):
                wrong("the legitimate calls left files")

SETUP = """
import uuid, decimal, datetime
from settings import SettingsError, duration, expand, from_environment, load, merge, parse, size, split

def touched(value):
    return value
"""
# a name, and the value that it would be called with; HIT is the file that comes of it
CALLS = [
    ("open", '["HIT", "w"]'),
    ("builtins.open", '["HIT", "w"]'),
    ("exec", '"__import__(\'os\').mkdir(\'HIT\')"'),
    ("eval", '"__import__(\'os\').mkdir(\'HIT\')"'),
    ("builtins.exec", '"__import__(\'os\').mkdir(\'HIT\')"'),
    ("os.mkdir", "HIT"),
    ("os.mkdir", '["HIT", 448]'),
    ("posix.mkdir", "HIT"),
    ("os.open", '["HIT", 65]'),
    ("io.open", '["HIT", "w"]'),
    ("_io.FileIO", '["HIT", "w"]'),
    ("os.system", '"mkdir HIT"'),
    ("os.path.os.mkdir", "HIT"),
    ("shutil.copyfile", '["given.txt", "HIT"]'),
    ("shutil.os.mkdir", "HIT"),
    ("subprocess.Popen", '"mkdir HIT"'),
    ("subprocess.call", '[[mkdir, HIT]]'),
    ("pathlib.os.mkdir", "HIT"),
    ("pathlib.io.open", '["HIT", "w"]'),
    ("uuid.os.mkdir", "HIT"),
    ("fractions.re.enum.sys.modules.get", "HIT"),
    ("logging.FileHandler", "HIT"),
    ("zipfile.ZipFile", '["HIT", "w"]'),
    ("gzip.GzipFile", '["HIT", "w"]'),
    ("sqlite3.connect", "HIT"),
    ("tempfile.mkdtemp", '["HIT", "HIT", "."]'),
    ("code.InteractiveInterpreter.runsource", '[!code.InteractiveInterpreter [], "__import__(\'os\').mkdir(\'HIT\')"]'),
    ("runpy.run_path", "given.py"),
    ("given", "1"),
    ("given.anything", "1"),
    ("given.made", "1"),
    ("given.UUID", "1"),
    ("given.tuple", "[1]"),
    ("given.Decimal", "1"),
    ("shelf.given.date", "[2024, 1, 2]"),
    ("shelf.given", "1"),
    ("OPEN", '["HIT", "w"]'),
    ("Os.mkdir", "HIT"),
    (" open", '["HIT", "w"]'),
    ("open ", '["HIT", "w"]'),
    ("\topen\t", '["HIT", "w"]'),
    ("set.open", '["HIT", "w"]'),
    ("tuple,open", '["HIT", "w"]'),
    ("datetime.sys.modules.get", "HIT"),
]
# callables that do no harm here, but that are not described
OTHERS = ["bytearray 3", "sorted [[2, 1]]", "list [[1]]", "dict [[]]", "str 3", "int 3", "print hello", "len text", "type 3",
    "repr 3", "abs -3", "datetime.datetime [2024, 1, 2]", "datetime.date.today []", "datetime.date.fromisoformat 2024-01-02",
    "datetime.time [1, 2]", "decimal.getcontext []", "decimal.localcontext []", "fractions.gcd [2, 4]",
    "fractions.Fraction.from_float 0.5", "pathlib.Path data", "pathlib.PosixPath data", "pathlib.Path.cwd []",
    "pathlib.PurePath data", "uuid.uuid4 []", "uuid.getnode []", "uuid.UUID.__init__.__globals__.get os", "setattr [a, b, c]",
    "set.__class__ 3", "tuple.__subclasses__ []", "set.union [!set [1]]", "ipaddress.ip_address 10.0.0.1",
    "ipaddress.ip_network.__globals__.get functools", "complex.__class__ 3", "frozenset.__call__ [1]", "collections.OrderedDict []",
    "decimal.Decimal.from_float 0.5", "settings.size 3", "os.getcwd []", "sys.getrecursionlimit []", "operator.add [1, 2]"]
LEGITIMATE = {
    "parse('8080')": "8080",
    "parse(' -1 ')": "-1",
    "parse('1e3')": "1000.0",
    "parse('TRUE')": "True",
    "parse('none')": "None",
    "parse('\"none\"')": "'none'",
    "parse('bare text')": "'bare text'",
    "parse('')": "''",
    "parse('\"')": "'\"'",
    "parse('\"!open [a, w]\"')": "'!open [a, w]'",
    "parse('[]')": "[]",
    "parse('[1, \"a, b\", [c, [d]], true, none]')": "[1, 'a, b', ['c', ['d']], True, None]",
    "parse('!set [1]')": "{1}",
    "parse('!frozenset [1, 1]')": "frozenset({1})",
    "parse('!tuple [1, [2, 3]]')": "(1, [2, 3])",
    "parse('!tuple abc')": "('a', 'b', 'c')",
    "parse('!complex [1, 2]')": "(1+2j)",
    "parse('!complex 1+2j')": "(1+2j)",
    "parse('!datetime.date [2024, 2, 29]')": "datetime.date(2024, 2, 29)",
    "parse('!datetime.timedelta [0, 90]')": "datetime.timedelta(seconds=90)",
    "parse('!datetime.timedelta 2')": "datetime.timedelta(days=2)",
    "parse('!decimal.Decimal \"1.50\"')": "Decimal('1.50')",
    "parse('!decimal.Decimal  3')": "Decimal('3')",
    "parse('!decimal.Decimal \"123456789.05\"')": "Decimal('123456789.05')",
    "parse('!fractions.Fraction 1/3')": "Fraction(1, 3)",
    "parse('!fractions.Fraction [1, 3]')": "Fraction(1, 3)",
    "parse('!pathlib.PurePosixPath [/srv, data]')": "PurePosixPath('/srv/data')",
    "parse('!pathlib.PurePosixPath ~/x')": "PurePosixPath('~/x')",
    "parse('!uuid.UUID 12345678-1234-5678-1234-567812345678')": "UUID('12345678-1234-5678-1234-567812345678')",
    "parse('!ipaddress.ip_network 10.0.0.0/8')": "IPv4Network('10.0.0.0/8')",
    "parse('!ipaddress.ip_network \"2001:db8::/32\"')": "IPv6Network('2001:db8::/32')",
    "parse('!ipaddress.ip_network [10.0.0.1/8, false]')": "IPv4Network('10.0.0.0/8')",
    "parse('[!decimal.Decimal 1, !tuple [!set [1]]]')": "[Decimal('1'), ({1},)]",
    "parse('!tuple [!decimal.Decimal \"1.0\"]')": "(Decimal('1.0'),)",
    "parse('!datetime.date [2024, 2, 30]')": "raises SettingsError",
    "parse('!decimal.Decimal abc')": "raises SettingsError",
    "parse('!fractions.Fraction [1, 0]')": "raises SettingsError",
    "parse('!set 3')": "raises SettingsError",
    "parse('!uuid.UUID 3')": None,
    "parse('!nonsense 3')": "raises SettingsError",
    "parse('!no.such 3')": "raises SettingsError",
    "parse('! 3')": "raises SettingsError",
    "load('[a]\\nb = !tuple [1]\\n\\n# c\\n; d\\n[ e ]\\nf = x = y\\n[a]\\ng=1')": "{'a': {'b': (1,), 'g': 1}, 'e': {'f': 'x = y'}}",
    "load('')": "{}",
    "load('a = 1')": "raises SettingsError",
    "load('[a]\\nb')": "raises SettingsError",
    "load('[a]\\nb = !nonsense 3')": "raises SettingsError",
    "load('[a]\\nb = !datetime.date 3')": "raises SettingsError",
    "load('[a]\\nnote = \"say !open to os.mkdir\"\\nwow = hello !open')": "{'a': {'note': 'say !open to os.mkdir', 'wow': 'hello !open'}}",
    "from_environment({'APP_SERVER_PORT': '9090', 'HOME': '/root', 'APP_X': '1'})": "{'server': {'port': 9090}}",
    "from_environment({'APP_A_B': 'decimal.Decimal:1.50'})": "{'a': {'b': Decimal('1.5')}}",
    "from_environment({'APP_A_B': 'decimal.Decimal: 3'})": "{'a': {'b': Decimal('3')}}",
    "from_environment({'APP_A_B': 'tuple:[1, 2]', 'APP_A_C': 'set:[1]', 'APP_D_E_F': 'complex:[1, 2]'})": "{'a': {'b': (1, 2), 'c': {1}}, 'd': {'e_f': (1+2j)}}",
    "from_environment({'APP_A_B': 'datetime.date:[2024, 2, 29]', 'APP_A_C': 'ipaddress.ip_network:10.0.0.0/8'})": "{'a': {'b': datetime.date(2024, 2, 29), 'c': IPv4Network('10.0.0.0/8')}}",
    "from_environment({'APP_A_B': 'pathlib.PurePosixPath:[/srv, x]', 'APP_A_C': 'fractions.Fraction:1/3'})": "{'a': {'b': PurePosixPath('/srv/x'), 'c': Fraction(1, 3)}}",
    "from_environment({'APP_A_B': 'uuid.UUID:12345678-1234-5678-1234-567812345678'})": "{'a': {'b': UUID('12345678-1234-5678-1234-567812345678')}}",
    "from_environment({'APP_A_B': 'datetime.timedelta:[0, 90]', 'APP_A_C': 'frozenset:[]'})": "{'a': {'b': datetime.timedelta(seconds=90), 'c': frozenset()}}",
    "from_environment({'APP_A_B': 'http://a.example:80/', 'APP_A_C': 'localhost:5432', 'APP_A_D': 'C:data'})": "{'a': {'b': 'http://a.example:80/', 'c': 'localhost:5432', 'd': 'C:data'}}",
    "from_environment({'APP_A_B': 'a.example:80', 'APP_A_C': 'db.internal.example:80', 'APP_A_D': 'nosuch.thing:[1]'})": "{'a': {'b': 'a.example:80', 'c': 'db.internal.example:80', 'd': 'nosuch.thing:[1]'}}",
    "from_environment({'APP_A_B': '!tuple [1]'})": "{'a': {'b': '!tuple [1]'}}",
    "from_environment({'APP_A_B': '[1, !tuple [2]]'})": "{'a': {'b': [1, (2,)]}}",
    "from_environment({'APP_A_B': 'datetime.date:[2024, 2, 30]'})": "raises",
    "from_environment({'X_A_B': '1', 'APP_A_B': '2'}, 'X_')": "{'a': {'b': 1}}",
    "from_environment({})": "{}",
    "expand({'a': {'port': 80, 'copy': '${a.port}', 'url': 'http://h:${a.port}/', 'all': ['${a.port}', None]}})": "{'a': {'port': 80, 'copy': 80, 'url': 'http://h:80/', 'all': [80, None]}}",
    "expand({'a': {'b': '${a.c}'}})": "raises SettingsError",
    "expand({'a': {'ids': [1, 2], 'kinds': '!tuple ${a.ids}'}})": "{'a': {'ids': [1, 2], 'kinds': (1, 2)}}",
    "expand({'a': {'b': 'plain', 'c': '$ {x}'}})": "{'a': {'b': 'plain', 'c': '$ {x}'}}",
    "merge({'a': {'b': 1}}, {'c': {'d': 2}})": "{'a': {'b': 1}, 'c': {'d': 2}}",
    "duration('1h30m')": "5400",
    "duration('90')": "90",
    "duration('x')": "raises SettingsError",
    "size('1.5 MB')": "1572864",
    "split('a, \"b, c\", [d, e]')": "['a', '\"b, c\"', '[d, e]']",
    "issubclass(SettingsError, ValueError)": "True",
}
FILES = {
    "given.py": "import os\nfor number in range(99):\n    if not os.path.exists(f'ran-{number}'):\n        os.mkdir(f'ran-{number}')\n        break\nmade = print\n",
    "given.txt": "given",
}


def room(folder):
    for name, text in FILES.items():
        (Path(folder) / name).write_text(text)
    (Path(folder) / "shelf").mkdir()
    (Path(folder) / "shelf" / "__init__.py").write_text("")
    (Path(folder) / "shelf" / "given.py").write_text("import os\nos.mkdir('ran-shelf')\n")


def sites(name, value):
    """Ways in to a type, each with what comes back where the type is left alone (None: only an error is right)."""
    yield f"load({f'[a]{chr(10)}b = !{name} {value}'!r})", None
    yield f"load({f'[a]{chr(10)}b = [1, !{name} {value}]'!r})", None
    yield f"load({f'[a]{chr(10)}b = !tuple [1, !set [!{name} {value}]]'!r})", None
    typed = f"{name}:{value}"
    yield f"from_environment({{'APP_A_B': {typed!r}}})", repr({"a": {"b": typed}})
    yield f"from_environment({{'APP_A_B': {f'[!{name} {value}]'!r}}})", None
    yield f"from_environment({{'APP_A_B': {f'tuple:[!{name} {value}]'!r}}})", None
    yield f"expand({{'a': {{'b': '${{a.c}}', 'c': {f'!{name} {value}'!r}}}}})", None
    yield f"expand({{'a': {{'b': {f'[!{name[:-1]}${{a.c}} {value}]'!r}, 'c': {name[-1]!r}}}}})", None


calls, names = [], {}
for turn in range(2):
    for number, (name, value) in enumerate(CALLS):
        for place, (call, _) in enumerate(sites(name, value)):
            hit = f"hit-{turn}-{number}-{place}"
            names[hit] = call
            calls.append(call.replace("HIT", hit))
with tempfile.TemporaryDirectory() as folder:
    room(folder)
    if answers(SETUP, calls, Path(folder)) is None:
        wrong("the process of the exploits told nothing")
    hits = sorted(each.name for each in Path(folder).iterdir() if each.name not in FILES and each.name != "shelf")
    if hits:
        wrong(f"{len(hits)} exploits have their effect, such as {names.get(hits[0], hits[0])[:150]}")
with tempfile.TemporaryDirectory() as folder:
    calls = [each for other in OTHERS for each in sites(*other.split(" ", 1))]
    got = answers(SETUP, [call for call, _ in calls], Path(folder))
    if got is None:
        wrong("the process of the undescribed types told nothing")
    for (call, left), (how, seen) in zip(calls, got):
        if how == "returned" and seen != left:
            wrong(f"{call} gives {seen}, though no such type is described")
for call in ("load('[a]\\nb = !open [hit, w]')", "from_environment({'APP_A_B': 'open:[hit, w]'})"):
    with tempfile.TemporaryDirectory() as folder:
        answers(SETUP, [call] * 8, Path(folder))
        if any(Path(folder).iterdir()):
            wrong(f"{call} has its effect when it is asked again")
loose = {call: value for call, value in LEGITIMATE.items() if value in (None, "raises")}
same(SETUP, {call: value for call, value in LEGITIMATE.items() if call not in loose})
with tempfile.TemporaryDirectory() as folder:
    for (call, value), (how, seen) in zip(loose.items(), answers(SETUP, list(loose), Path(folder)) or [("returned", "nothing")] * 9):
        if how != "raised":
            wrong(f"{call} gives {seen} and no error")
