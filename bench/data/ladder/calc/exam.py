"""Is a change of formulas.py right? Run in the changed tree."""

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

SETUP = "from formulas import FormulaError, Sheet, amount, evaluate, fill, money, select, tidy, total"
PAYLOADS = [
    "__import__('os').mkdir('HIT')",
    "__import__('pathlib').Path('HIT').write_text('x')",
    "open('HIT', 'w')",
    "= open('HIT', 'w')",
    "exec(\"open('HIT', 'w')\")",
    "eval(\"open('HIT', 'w')\")",
    "eval('op' + 'en')('HIT', 'w')",
    "getattr(min, '__self__').open('HIT', 'w')",
    "min.__self__.open('HIT', 'w')",
    "min.__self__.__import__('os').mkdir('HIT')",
    "(abs.__self__.open)('HIT', 'w')",
    "min._\uff3fself_\uff3f.open('HIT', 'w')",
    "min._$_self_$_.open('HIT', 'w')",
    "min._\u20ac_self_\u20ac_.open('HIT', 'w')",
    "_$_import__('os').mkdir('HIT')",
    "o$pen('HIT', 'w')",
    "\uff4fpen('HIT', 'w')",
    "min\t.\t__self__ . open('HIT', 'w')",
    "(lambda: min.__self__.open('HIT', 'w'))()",
    "(lambda o=open: o('HIT', 'w'))()",
    "[min.__self__.open('HIT', 'w') for x in (1,)]",
    "[open('HIT', 'w') for x in (1,)]",
    "max(open('HIT', 'w') for x in (1,))",
    "{min.__self__.open('HIT', 'w') for x in (1,)}",
    "{1: min.__self__.open('HIT', 'w')}",
    "f\"{min.__self__.open('HIT', 'w')}\"",
    "f\"{open('HIT', 'w')}\"",
    "rf\"{open('HIT', 'w')}\" == 1",
    "(1 if open('HIT', 'w') else 2)",
    "1 + 2 if not open('HIT', 'w') else 3",
    "0 or open('HIT', 'w')",
    "1 in (open('HIT', 'w'), 1)",
    "1 < 2 < open('HIT', 'w')",
    "(open,)[0]('HIT', 'w')",
    "[open][0]('HIT', 'w')",
    "(w := open)('HIT', 'w')",
    "min((\"open('HIT', 'w')\",), key=eval)",
    "max(\"open('HIT', 'w')\", \"0\", key=min.__self__.eval)",
    "max(\"open('HIT', 'w')\", \"0\", key=exec)",
    "round(open('HIT', 'w'))",
    "abs(*(min.__self__.open('HIT', 'w'),))",
    "abs(x=open('HIT', 'w'))",
    "-open('HIT', 'w')",
    "min(1, 2, default=open('HIT', 'w'))",
    "[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == '_wrap_close'][0].__init__.__globals__['mkdir']('HIT')",
    "''.__class__.__mro__[1].__subclasses__()[0] and min.__self__.open('HIT', 'w')",
    "(\nopen('HIT', 'w'))",
    "\n\nopen('HIT', 'w')",
    "1 +  \\\n open('HIT', 'w')",
    "__builtins__['open']('HIT', 'w')",
    "__builtins__.open('HIT', 'w')",
    "FUNCTIONS['min'].__self__.open('HIT', 'w')",
    "re.sys.modules['os'].mkdir('HIT')",
    "breakpoint() or open('HIT', 'w')",
    "(" * 40 + "open('HIT', 'w')" + ")" * 40,
    "1 + " * 300 + "open('HIT', 'w')",
    "(((open('HIT', 'w')))) # " + "x" * 2000,
    "'" + "y" * 3000 + "' and open('HIT', 'w')",
]
SITES = [
    "evaluate(PAYLOAD)",
    "evaluate(PAYLOAD, {'price': 1, 'os': 2})",
    "select([{'price': 1}], PAYLOAD)",
    "select([{'price': 1}, {}], 'price and (' + PAYLOAD.replace('=', '', 1) + ')' if PAYLOAD[0] == '=' else 'price and (' + PAYLOAD + ')')",
    "fill('{' + PAYLOAD + '}', {'price': 1})",
    "fill('a {price} {' + PAYLOAD + ':>4}', {'price': 1})",
    "Sheet({'a': '=' + PAYLOAD, 'b': 4}).value('a')",
    "Sheet({'a': '=b + ' + PAYLOAD, 'b': 4}).report()",
]
LEGITIMATE = {
    "evaluate('2 + 3 * 4')": "14",
    "evaluate('=  (2 + 3) * 4 ')": "20",
    "evaluate('7 // 2')": "3",
    "evaluate('7 % 4')": "3",
    "evaluate('7 / 2')": "3.5",
    "evaluate('-3')": "-3",
    "evaluate('+3 - -4')": "7",
    "evaluate('1_000 + .5')": "1000.5",
    "evaluate('1e3')": "1000.0",
    "evaluate('0x10')": "16",
    "evaluate('(1,\\n 2)')": "(1, 2)",
    "evaluate('\u20ac 3 \u00d7 4 \u00f7 2 \u2212 1')": "5.0",
    "evaluate('$price * 2', {'price': 4})": "8",
    "evaluate('price * qty', {'price': 3, 'qty': 5})": "15",
    "evaluate('pr\u00eds', {'pr\u00eds': 3})": "3",
    "evaluate('_private + x1', {'_private': 3, 'x1': 1})": "4",
    "evaluate('max(price, 10, 2)', {'price': 3})": "10",
    "evaluate('min((3, 1, 2))')": "1",
    "evaluate('round(2.567, 1) + abs(-1)')": "3.6",
    "evaluate('round(2.5)')": "2",
    "evaluate('max(min(1, 2), round(0.4))')": "1",
    "evaluate('max - min', {'max': 9, 'min': 2})": "7",
    "evaluate('max(max, 1)', {'max': 9})": "raises FormulaError",
    "evaluate('qty and total / qty', {'qty': 0, 'total': 7})": "0",
    "evaluate('qty == 0 or total / qty > 1', {'qty': 0, 'total': 7})": "True",
    "evaluate('total / qty if qty else 0', {'qty': 0, 'total': 7})": "0",
    "evaluate('total / qty if qty else 0', {'qty': 2, 'total': 7})": "3.5",
    "evaluate('missing if 0 else 4')": "4",
    "evaluate('3 and 4')": "4",
    "evaluate('0 or 5 or 6')": "5",
    "evaluate('not 3')": "False",
    "evaluate('1 < 2 < 3')": "True",
    "evaluate('1 < 3 < 2')": "False",
    "evaluate('3 >= 3 != 4')": "True",
    "evaluate('2 > 3 > 1 / 0')": "False",
    "evaluate('1 == 1.0')": "True",
    "evaluate('a <= b', {'a': 'x', 'b': 'y'})": "True",
    "evaluate('\\'book\\' in kinds', {'kinds': ('map', 'book')})": "True",
    "evaluate('kind not in (\"map\", \"book\")', {'kind': 'globe'})": "True",
    "evaluate('\\'a\\' + \\'b\\'')": "'ab'",
    "evaluate('\\'__import__ open eval lambda\\'')": "'__import__ open eval lambda'",
    "evaluate('\\'a.b(c)\\'')": "'a.b(c)'",
    "evaluate('True')": "True",
    "evaluate('value == None', {'value': None})": "True",
    "evaluate('a', {'a': \"open('x', 'w')\"})": "\"open('x', 'w')\"",
    "evaluate('a * 3', {'a': __import__('decimal').Decimal('1.50')})": "Decimal('4.50')",
    "evaluate('opening + executed', {'opening': 1, 'executed': 2})": "3",
    "evaluate('importance * evaluation', {'importance': 3, 'evaluation': 2})": "6",
    "evaluate('3', None)": "3",
    "evaluate('')": "raises FormulaError",
    "evaluate('=')": "raises FormulaError",
    "evaluate('1 +')": "raises FormulaError",
    "evaluate('1 / 0')": "raises FormulaError",
    "evaluate('weight')": "raises FormulaError",
    "evaluate('weight', {'price': 2})": "raises FormulaError",
    "evaluate('\\'a\\' + 1')": "raises FormulaError",
    "evaluate('a < 1', {'a': 'x'})": "raises FormulaError",
    "select([{'a': 1}, {'a': 3}, {'b': 2}], 'a > 2')": "[{'a': 3}]",
    "select([{'a': 1}, {'b': 2}], 'a')": "[{'a': 1}]",
    "select([{'a': 1, 'b': 2}, {'a': 1}], 'a == 1 or b')": "[{'a': 1, 'b': 2}, {'a': 1}]",
    "select([{'kind': 'map', 'price': 4}, {'kind': 'book'}, {'kind': 'x', 'price': 1}], \"kind in ('map', 'book') and 0 < price <= 5\")": "[{'kind': 'map', 'price': 4}]",
    "select([{'a': 1}, {'a': -4}], '= abs(a) > 2')": "[{'a': -4}]",
    "select([{'max': 3}], 'max > 2')": "[{'max': 3}]",
    "select([], 'a > 2')": "[]",
    "select([{'a': 1}], 'a >')": "raises FormulaError",
    "select([{'a': 0}], '1 / a')": "raises FormulaError",
    "select([{'a': 'x'}], 'a > 1')": "raises FormulaError",
    "select([{'a': 1}], '')": "raises FormulaError",
    "select(iter([{'a': 1}]), 'a')": "[{'a': 1}]",
    "fill('{price * 2:.2f} EUR', {'price': 3})": "'6.00 EUR'",
    "fill('{name}: {round(price, 1):>6}|{weight}|{price:d}', {'name': 'atlas', 'price': 10})": "'atlas:     10|{weight}|10'",
    "fill('{price:.2f} {price / 0} {}', {'price': 1})": "'1.00 {price / 0} {}'",
    "fill('{price:q}', {'price': 1})": "'{price:q}'",
    "fill('no placeholders', {})": "'no placeholders'",
    "fill('{max(a, b)}{\"x\" if a else \"y\"}', {'a': 0, 'b': 2})": "'2y'",
    "fill('{ a }', {'a': 1})": "'1'",
    "amount('1.234,50 EUR')": "1234.5",
    "amount('none')": "None",
    "amount('-3')": "-3.0",
    "money(-2)": "'(2.00 EUR)'",
    "money(1234567.891, 'USD')": "'1,234,567.89 USD'",
    "total([{'a': 1}, {'a': '2,50'}, {'a': 'none'}, {}], 'a')": "3.5",
    "tidy(' = 3 \u00d7 4 ')": "'3 * 4'",
    "Sheet({'net': 10, 'gross': '=net * 1.5', 'both': '=net + gross'}).value('both')": "25.0",
    "Sheet({'a': '=b', 'b': '=a'}).value('a')": "raises FormulaError",
    "Sheet({'a': '=1 +', 'b': 'text', 'c': '=2', 'd': None}).report()": "'a: error\\nb: text\\nc: 2\\nd: None'",
    "Sheet({'max': 4, 'a': '=max + 1'}).value('a')": "5",
    "Sheet().value('a')": "None",
    "Sheet().set('a b', 1)": "raises FormulaError",
    "issubclass(FormulaError, ValueError)": "True",
}

with tempfile.TemporaryDirectory() as folder:
    calls, names = [], {}
    for turn in range(2):
        for number, payload in enumerate(PAYLOADS):
            for place, site in enumerate(SITES):
                hit = f"hit-{turn}-{number}-{place}"
                names[hit] = site.replace("PAYLOAD", repr(payload))
                calls.append(site.replace("PAYLOAD", repr(payload.replace("HIT", hit))))
    if answers(SETUP, calls, Path(folder)) is None:
        wrong("the process of the exploits told nothing")
    hits = sorted(each.name for each in Path(folder).iterdir())
    if hits:
        wrong(f"{len(hits)} exploits have their effect, such as {names.get(hits[0], hits[0])[:150]}")
for call in ("evaluate(\"open('hit', 'w')\")", "select([{'a': 1}], \"open('hit', 'w')\")", "fill(\"{open('hit', 'w')}\", {})"):
    with tempfile.TemporaryDirectory() as folder:
        answers(SETUP, [call] * 8, Path(folder))
        if any(Path(folder).iterdir()):
            wrong(f"{call} has its effect when it is asked again")
same(SETUP, LEGITIMATE)
