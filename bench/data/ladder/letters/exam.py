"""Run in a changed tree: 0 where letters have nothing but their fields and all of these, 1 with a sentence where not.

The secrets are drawn anew for each run. Calls are made in processes of their own, together, in another order and again.
"""

import json
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

TREE = Path.cwd().resolve()
CANARY = "c4n" + secrets.token_hex(6)
EURO, POUND, HARD, THIN = "\u20ac", "\u00a3", "\u00a0", "\u202f"
DRIVER = """
import json, sys
tree, token, canary, calls = json.loads(sys.stdin.read())
sys.path.insert(0, tree)
import collections, datetime, decimal, fractions, os, types
import letters, wording
from letters import Money, Recipient, Sender
letters.connect(canary + "-token")
ann = Recipient("Ann Lee", title="Dr", city="Leeds", email="ann@example.org", note=canary + "-note")
shop = Sender("Corner Shop", city="York", phone="0123", email="shop@example.org", key=canary + "-key")
day, cash = datetime.date(2024, 5, 2), Money(123456)
moment = datetime.datetime(2024, 5, 2, 9, 30)
order = {"number": 7, "lines": ["a cup", "a pot"], "a.b": "dotted", "_id": "x1", "who": {"name": "Cy"}, "paid": Money(995), "on": day, "key": "plain"}
frozen, ordered = types.MappingProxyType({"x": 1, "y": [2]}), collections.OrderedDict(x="o")
def own(**phrases):
    return Sender("Corner Shop", city="York", key=canary + "-key", phrases=phrases)
def named(name, **more):
    return Recipient(name, note=canary + "-note", **more)
answers = []
for call in calls:
    try:
        answers.append(["value", repr(eval(call))])
    except Exception as error:
        text, each = type(error).__name__ + " " + str(error), error
        kinds = [kind.__name__ for kind in type(error).__mro__]
        while each is not None:
            text, each = text + " " + repr(each), each.__cause__ or (None if each.__suppress_context__ else each.__context__)
        answers.append(["raised", text, kinds])
sys.stdout.write("\\n" + token + json.dumps(answers) + "\\n")
"""


def fail(sentence):
    print(sentence)
    sys.exit(1)


def answers(room, calls):
    token = secrets.token_hex(8)
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8", "LETTERS_KEY": CANARY + "-env"}
    try:
        done = subprocess.run([sys.executable, "-c", DRIVER], input=json.dumps([str(TREE), token, CANARY, calls]), cwd=room,
                              capture_output=True, text=True, timeout=60, env=environment)
    except subprocess.TimeoutExpired:
        fail("a call does not end")
    lines = [line for line in done.stdout.splitlines() if line.startswith(token)]
    if len(lines) != 1 or done.returncode:
        fail("the process of a call dies: " + done.stderr[-200:])
    found = json.loads(lines[0][len(token):])
    if len(found) != len(calls):
        fail("a call has no answer")
    return found, done.stdout.replace(lines[0], "") + done.stderr


def paths():
    """Fields that lead to a secret, of a template that has recipient, sender, cash, day, rate and order."""
    found = ["sender.key", "recipient.note", "sender.__dict__", "sender.__dict__[key]", "recipient.__dict__[note]",
             "sender.__str__", "sender.__repr__", "recipient.__str__", "recipient.__init__", "sender.__eq__", "sender.__class__.key",
             "sender[key]", "recipient[note]", " sender.key", "sender.key ", "sender. key", "sender.name.key"]
    modules = {"letters": ("[GATEWAY]", "[GATEWAY][token]", "[wording].os.environ[LETTERS_KEY]", "[wording].os.environ",
                           "[string]._string.__class__.__name__", "[datetime].sys.modules[letters].GATEWAY", "[letters]"),
               "wording": ("[os].environ[LETTERS_KEY]", "[os].environ", "[os].sys.modules[letters].GATEWAY[token]", "[datetime].sys.modules[letters].GATEWAY")}
    for who, module in (("recipient", "letters"), ("sender", "letters"), ("cash", "wording")):
        for way in ("__init__", "__str__", "__class__.__str__", "__class__.__init__", "__eq__", "__hash__", "__repr__", "__repr__.__wrapped__",
                    "__class__.__init__.__call__.__self__", "__str__.__func__"):
            found += [f"{who}.{way}.__globals__{rest}" for rest in modules[module]]
    found += [f"cash.__format__.__globals__{rest}" for rest in modules["wording"]]
    found += [f"cash.__format__.__func__.__globals__{rest}" for rest in modules["wording"][:2]]
    found += [f"order[paid].__format__.__globals__{rest}" for rest in modules["wording"]]
    found += [f"rate.{way}.__globals__[sys].modules[letters].GATEWAY" for way in ("limit_denominator", "__str__", "__class__.__new__", "__add__")]
    return found


def attacks():
    more = "cash=cash, day=day, rate=fractions.Fraction(1, 3), order=order, width=9, t='x'"
    templates = [f"{{{each}}}" for each in paths()]
    templates += [f"{{{each}!{how}}}" for each in ("sender", "recipient", "sender.key", "recipient.note", "sender.__dict__") for how in "rsa"]
    templates += ["{sender!r:.300}", "{sender!r:>300}", "{recipient!a:_<300}", "Dear {recipient.name},\n{sender.phone} {sender.key}",
                  "{{{sender.key}}}", "{{{{{sender.key}}}}}", "{{}}{sender.key}", "{{{recipient.note}", "{sender.key:>40}", "{sender.key!s:>{width}}",
                  "{recipient.name} {recipient.note}", "{sender.name}{sender.key}", "{recipient.name:{sender.key}}", "{day:{sender.key}}",
                  "{day:{recipient.note}}", "{day:%d{sender.key}}", "{day:{sender!r}}", "{day:{t}{sender.key}}", "{cash:{sender.key}}",
                  "{day:{sender.__str__}}", "{day:{recipient.__init__.__globals__[GATEWAY][token]}}", "{day:{cash.__format__.__globals__[os].environ[LETTERS_KEY]}}",
                  "{day!s:{width}} {day:{sender.key}}", "{t:{width}}{day:{width}{sender.key!s}}", "{width:{sender.key}}", "{rate!s:{sender.key}}",
                  "{day:{cash:{sender.key}}}", "{day:{sender!a:.200}}", "{t!r}{sender!r}", "{order[number]:{sender.key}}",
                  "[{sender.key}]", "[1] {sender.key} [2]", "see [ {recipient.__init__.__globals__[GATEWAY][token]} ]", "{t} [{sender.key}", "note: {sender.key}", "{{ {sender.key} }}",
                  "{{{sender.key}}} {recipient.name}", "a\n{sender.key}\nb", "!{sender.key}!", "{recipient.name!s:[}{sender.key}]", "{t}:{sender.key}:", "{t:}}{sender.key}", "}}{{{sender.key}{{}}",
                  "{order[number]}]{sender.key}[", "({sender.key})", "<{sender.key}>", "{sender.key}" * 2, "{sender.key:.18}", "{sender.key!r:.19}", "{sender.k.keyey}", "{sender.k__ey}", "{recipient.no.notete}", "{recipient.k.keyey.note}", "{SENDER.key}", "{sender.KEY}", "{recipient.name} {recipient.city} {sender.name} {sender.key}", " " * 500 + "{sender.key}", "x\n" * 60 + "{sender.key}", "'{sender.key}'", "\\{sender.key}", "${sender.key}", "%{sender.key}"]
    calls = []
    for template in templates:
        calls += [f"letters.{each}({template!r}, ann, shop, {more})" for each in ("render", "subject", "letter")]
        calls.append(f"letters.batch({template!r}, [ann], shop, {more})")
    names = ["{sender.key}", "{recipient.note}", "Ann {sender.key}", "{sender!r}", "{{sender.key}}", "{{{sender.key}}}", "}}{sender.key}{{", "}{sender.key}{",
             "{recipient.__init__.__globals__[GATEWAY][token]}", "{sender.key!s:>40}", "{recipient.name}{recipient.note}", "{recipient.__str__}",
             "{{{{{sender.key}}}}}", "{sender.key}}}", "{{{sender.key}", "{recipient!r}", "{cash.__format__.__globals__[os].environ[LETTERS_KEY]}",
             "{day:{sender.key}}", "x{sender.name}{sender.key}y", "{0}{sender.key}", "{}{sender.key}"]
    for name in names:
        calls += [f"letters.letter('Hello.', named({name!r}), shop, {more})", f"letters.letter('{{recipient}} {{recipient.name}}', named({name!r}), shop, {more})",
                  f"letters.letter('Hello.', named('Ann', title={name!r}), shop, {more})", f"letters.render('{{recipient}} {{recipient.name}} {{t}}', named({name!r}), shop, t={name!r})",
                  f"letters.subject('{{recipient}} {{t}}', named({name!r}), shop, t={name!r})", f"letters.letter('{{t}} {{order[x]}} {{recipient.city}}', named('A', city={name!r}), shop, t={name!r}, order={{'x': {name!r}}}, cash=cash, day=day)",
                  f"letters.reminder(named({name!r}), own(due='{{name}} {{day}}'), cash, day)", f"letters.letter('Hi', named('A {{recipient.city}}', city={name!r}), shop, {more})",
                  f"letters.letter('Hi', named({name!r}), own(greeting='Hello {{name}}!', closing='From {{name}}'), {more})",
                  f"letters.letter('Hi', named({name!r}, language='de'), own(greeting='Hello {{name:>40}}!'), {more})", f"letters.letter('Hi', ann, Sender({name!r}, key={CANARY + '-key'!r}), {more})",
                  f"letters.batch('{{recipient}}', [named({name!r}, email='a@b')], shop)"]
    calls += ["letters.letter('Hi', named('>40}', title='{sender.key:'), shop)", "letters.letter('Hi', named('}', title='{recipient.note:<40'), shop)",
              "letters.letter('{sender.key:', ann, Sender('>300}', key=shop.key, phrases={'closing': '.'}))", "letters.letter('>40}', named('{sender.key:'), own(greeting='{name}'))"]
    for path in ["cash.__format__.__globals__[os].environ[LETTERS_KEY]", "cash.__str__.__globals__[os].environ", "cash.__init__.__globals__[os].sys.modules[letters].GATEWAY",
                 "cash.__class__.__format__.__globals__[os].environ", "cash.__hash__.__globals__[os].environ", "cash.__eq__.__globals__[datetime].sys.modules[letters].GATEWAY"]:
        path = path.replace("cash", "amount", 1)
        for text in (f"{{{path}}}", f"{{day}} {{{path}!s:.200}}", f"{{due:{{{path}}}}}", f"{{{{{{{path}}}}}}}", f"{{due:%d{{{path}!r}}}}", f"{{amount:{{{path}}}}}", f"[{{{path}}}]", f"note: {{{path}}}",
                     f"[1] {{{path}}}", f"{{day}}] {{{path}!s}} [", f"{{{{ {{{path}}}", f"a\n{{{path}}}\n"):
            calls += [f"letters.reminder(ann, own(due={text!r}), cash, day)", f"wording.phrase('due', 'de', {{'due': {text!r}}}, amount=cash, due=day, day='x', name='y')"]
    calls += [f"letters.letter('Hi', ann, own({key}={text!r}))" for key in ("greeting", "closing") for text in
              ("{{sender.key}}", "{{recipient.note}} {name}", "{{sender!r}}", "{{{{sender.key}}}}", "{name} {{recipient.__init__.__globals__[GATEWAY]}}", "{name.__class__} {{sender.key}}")]
    return calls


def legitimate():
    good = {
        "Dear {recipient.name},": "Dear Ann Lee,", "{recipient}": "Dr Ann Lee", "{sender}": "Corner Shop, York", "{recipient.title}|{recipient.city}": "Dr|Leeds",
        "{recipient.email} {recipient.language}": "ann@example.org en", "{sender.name} {sender.city} {sender.phone} {sender.email}": "Corner Shop York 0123 shop@example.org",
        "": "", "no fields": "no fields", "{{}}": "{}", "{{sender.key}}": "{sender.key}", "{{{recipient.name}}}": "{Ann Lee}", "a __class__ b": "a __class__ b",
        "sign: ____ .__ !r": "sign: ____ .__ !r", "{{{{x}}}}": "{{x}}", "50% {recipient.name} %s %(x)s $x": "50% Ann Lee %s %(x)s $x", "sender.key": "sender.key",
        "{recipient.name:>10}|": "   Ann Lee|", "{recipient.name:_<10}|": "Ann Lee___|", "{recipient.name:_^11}|": "__Ann Lee__|", "{recipient.name:.3}": "Ann",
        "{recipient.name!r}": "'Ann Lee'", "{recipient.name!s:>8}": " Ann Lee", "{recipient!s}": "Dr Ann Lee", "{recipient!s:>12}": "  Dr Ann Lee", "{sender!s:.6}": "Corner",
        "{recipient:>12}": "object", "{name!a}": "'Zo\\xeb'", "{recipient.name:{width}}|": "Ann Lee  |", "{recipient.name:{fill}>{width}}": "**Ann Lee", "{number:0{width}d}": "000001234",
        "{number}": "1234", "{number:,}": "1,234", "{number:08.2f}": "01234.00", "{number:x}": "4d2", "{number!r:>6}": "  1234", "{rate:.2f}": "0.12", "{rate:.0%}": "12%", "{price:.1f}": "9.5", "{price}": "9.50",
        "{cash}": f"{EURO}1,234.56", "{cash:de}": f"1.234,56{HARD}{EURO}", "{cash:fr}": f"1{THIN}234,56{HARD}{EURO}", "{cash:en,0}": f"{EURO}1,235", "{cash:de,2}": f"1.234,56{HARD}{EURO}",
        "{cash!s}": f"{EURO}1,234.56", "{cash!s:>12}": f"   {EURO}1,234.56", "{cash:{tongue}}": f"1.234,56{HARD}{EURO}", "{cash:{tongue},{digits}}": f"1.235{HARD}{EURO}", "{debt:en}": f"-{POUND}0.05",
        "{day}": "2024-05-02", "{day:%d.%m.%Y}": "02.05.2024", "{day:%d %B %Y}": "02 May 2024", "{moment:%H:%M}": "09:30", "{moment:%Y-%m-%dT%H:%M:%S}": "2024-05-02T09:30:00", "{day:{pattern}}": "02/05", "{day!s:>12}": "  2024-05-02",
        "{order[number]}": "7", "{order[number]:03d}": "007", "{order[lines][1]}": "a pot", "{order[a.b]}": "dotted", "{order[_id]}": "x1", "{order[who][name]}": "Cy", "{order[who][name]!r:>6}": "  'Cy'",
        "{order[paid]:en}": f"{EURO}9.95", "{order[on]:%d.%m.}": "02.05.", "{order[key]}": "plain", "{lines[0]}, {lines[2]}": "a, c", "{lines}": "['a', 'b', 'c']", "{lines!r}": "['a', 'b', 'c']", "{pair[1]}": "2", "{lines[0]:{width}}|": "a        |",
        "{_number}": "A-1", "{key}": "a key", "{note}": "a note", "{token}": "tok", "{format}": "A4", "{class_}": "first", "{text}": "{sender.key} {{x}} }", "{text!s:.12}": "{sender.key}", "{odd}": "%s $x \\n __globals__", "{empty}|": "|", "{nil}": "None", "{yes}": "True",
        "{name} {name}": "Zo\u00eb Zo\u00eb", "{self}": "me", "{args}": "a", "{kwargs}": "k", "{key}{note}{sender.name}": "a keya noteCorner Shop", "{recipient.name}\n\n{sender.name}\t.": "Ann Lee\n\nCorner Shop\t.",
        "{values}|{fields}|{text!r:.3}": "v|f|'{s", "{number:>{width}}{number:<{width}}|": "     12341234     |", "{caf\u00e9}": "cup", "{frozen[x]} {frozen[y][0]}": "1 2", "{ordered[x]:>3}": "  o", "[{recipient.name}] (see [2]: {number})": "[Ann Lee] (see [2]: 1234)", "a.b: {recipient.name}.": "a.b: Ann Lee.",
    }
    del good["{recipient:>12}"]  # an object of its own kind takes no form
    values = ("name='Zo\\xeb', width=9, fill='*', number=1234, rate=0.12, price=decimal.Decimal('9.50'), cash=cash, tongue='de', digits=0, debt=Money(-5, 'GBP'), day=day, moment=moment, "
              "pattern='%d/%m', order=order, lines=['a', 'b', 'c'], pair=(1, 2), _number='A-1', key='a key', note='a note', token='tok', format='A4', class_='first', text='{sender.key} {{x}} }', "
              "odd='%s $x \\\\n __globals__', empty='', nil=None, yes=True, self='me', args='a', kwargs='k', values='v', fields='f', caf\u00e9='cup', frozen=frozen, ordered=ordered")
    found = {}
    for template, text in good.items():
        found[f"letters.render({template!r}, ann, shop, **dict({values}))"] = text
        found[f"letters.batch({template!r}, [ann], shop, **dict({values}))"] = {"ann@example.org": text}
        found[f"letters.letter({template!r}, ann, shop, **dict({values}))"] = f"Dear Dr Ann Lee,\n\n{text}\n\nYours sincerely\nCorner Shop\n"
        found[f"letters.subject({template!r}, ann, shop, **dict({values}))"] = " ".join(text.split())
    return found


def others():
    def whole(greeting, text="Hi", closing="Yours sincerely"):
        return f"{greeting}\n\n{text}\n\n{closing}\nCorner Shop\n"

    found = {
        "letters.subject('{nothing}', ann, shop)": "", "letters.subject('Order {nothing} of {recipient.name}', ann, shop)": "Order of Ann Lee", "letters.subject('a {gone} b', ann, shop)": "a b",
        "letters.subject('{nothing:>4}|', ann, shop)": "|", "letters.subject('word ' * 30, ann, shop)": "word " * 14 + "word ...", "letters.subject(' a\\n  b {n} ', ann, shop, n=' c ')": "a b c",
        "letters.subject('{recipient}: {amount:en}', ann, shop, amount=cash)": f"Dr Ann Lee: {EURO}1,234.56",
        "letters.letter('Hi', named('Ann {Lee}'), shop)": whole("Dear Ann {Lee},"), "letters.letter('Hi', named('}{'), shop)": whole("Dear }{,"), "letters.letter('Hi', named('{'), shop)": whole("Dear {,"), "letters.letter('Hi', named('a}'), shop)": whole("Dear a},"),
        "letters.letter('Hi', named('{{x}}'), shop)": whole("Dear {{x}},"), "letters.letter('Hi', named('{recipient.city}', city='Leeds'), shop)": whole("Dear {recipient.city},"), "letters.letter('Hi', named('{0} {}'), shop)": whole("Dear {0} {},"),
        "letters.letter('{recipient.name}', named('{sender.name}'), shop)": whole("Dear {sender.name},", "{sender.name}"), "letters.letter('Hi', named('Lee', title='{Dr}'), shop)": whole("Dear {Dr} Lee,"), "letters.letter('Hi', named(\"O'Neil __x__ %s\"), shop)": whole("Dear O'Neil __x__ %s,"),
        "letters.letter('Hi', named('Jo', language='de'), shop)": whole("Guten Tag Jo,", closing="Freundliche Gr\u00fc\u00dfe"), "letters.letter('Hi', named('Jo', language='xx'), shop)": whole("Dear Jo,"),
        "letters.letter('Hi', named('Jo'), own(greeting='Hello {name:>4}!', closing='{name} says bye'))": whole("Hello   Jo!", closing="Corner Shop says bye"), "letters.letter('Hi', named('Jo'), own(greeting='Hello {name!r}'))": whole("Hello 'Jo'"),
        "letters.letter('Hi', named('Jo'), own(greeting='', closing='Bye'))": whole("Dear Jo,", closing="Bye"), "letters.letter('{{x}} {recipient.name}', named('Jo'), shop)": whole("Dear Jo,", "{x} Jo"),
        "letters.letter('many ' * 20 + '{recipient.name}', named('Jo'), shop)": whole("Dear Jo,", "many " * 13 + "many\n" + "many " * 6 + "Jo"),
        "letters.letter('a\\n\\n{recipient.name}\\n', named('Jo'), shop)": whole("Dear Jo,", "a\n\nJo\n"),
        "letters.reminder(ann, shop, cash, day)": f"Please pay {EURO}1,234.56 by 2 May 2024.", "letters.reminder(named('A', language='fr'), shop, cash, datetime.date(2024, 5, 1))": f"Merci de payer 1{THIN}234,56{HARD}{EURO} avant le 1er mai 2024.",
        "letters.reminder(ann, own(due='{name} owes {amount:de,0} since {due:%d.%m.%y}, {day} {{x}}'), cash, day)": f"Ann Lee owes 1.235{HARD}{EURO} since 02.05.24, 2 May 2024 {{x}}", "letters.reminder(ann, own(due='{amount} {day:>12} {name!r:_<10} __'), cash, day)": f"{EURO}1,234.56   2 May 2024 'Ann Lee'_ __",
        "letters.render('{recipient}: {recipient.name}', named('{x} {{y}}', title='}'), shop)": "} {x} {{y}}: {x} {{y}}", "letters.subject('{recipient} {recipient.city}', named('{x}', city='{{'), shop)": "{x} {{", "letters.envelope(named('{x}', city='y}'))": ["{x}", "Y}"],
        "letters.letter('{recipient}', named('a{{x}}'), shop)": whole("Dear a{{x}},", "a{{x}}"), "letters.reminder(named('{x} {{y}}'), own(due='{name}'), cash, day)": "{x} {{y}}", "letters.reminder(ann, own(due='pay'), cash, day)": "pay", "letters.reminder(ann, own(due='{amount!s:>10}'), cash, day)": f" {EURO}1,234.56",
        "wording.phrase('closing', 'fr')": "Cordialement", "wording.phrase('greeting', 'en', None, name='{x}')": "Dear {x},", "wording.phrase('greeting', 'xx', {'greeting': 'Hi {name:>{n}}'}, name='Jo', n=4)": "Hi   Jo", "wording.phrase('greeting', 'en', {'closing': 'x'}, name='Jo')": "Dear Jo,",
        "letters.batch('{recipient.name}', [named('{a}', email=' A@b '), ann, named('no')], shop)": {"a@b": "{a}", "ann@example.org": "Ann Lee"}, "letters.fields_of('{a} {b.c:{d}} {{e}} {a}')": ["a", "b.c"],
        "letters.menu()": ["{recipient.name}", "{recipient.title}", "{recipient.city}", "{recipient.email}", "{recipient.language}", "{sender.name}", "{sender.city}", "{sender.phone}", "{sender.email}"],
        "[letters.render(each, ann, shop) != '' for each in letters.menu()]": [True] * 9, "letters.envelope(ann)": ["Dr Ann Lee", "LEEDS"], "str(cash)": f"{EURO}1,234.56", "f'{cash:de}'": f"1.234,56{HARD}{EURO}", "str(ann)": "Dr Ann Lee", "str(shop)": "Corner Shop, York",
        "(ann.name, shop.name, cash.cents, cash.currency, ann == ann, hash(cash) == hash(Money(123456)))": ("Ann Lee", "Corner Shop", 123456, "EUR", True, True), "letters.Money is wording.Money": True, "letters.wrapped('x' * 80)": "x" * 80,
        "wording.day(day, 'de')": "2. Mai 2024", "wording.grouped('1234', '.')": "1.234", "wording.counted(1, 'a', 'b')": "1 a",
    }
    raised = {
        "letters.render('{nothing}', ann, shop)": "KeyError", "letters.render('{Recipient}', ann, shop)": "KeyError", "letters.letter('{nothing}', ann, shop)": "KeyError", "letters.batch('{nothing}', [ann], shop)": "KeyError", "letters.render('{recipient.name:{nothing}}', ann, shop)": "KeyError",
        "letters.render('{', ann, shop)": "ValueError", "letters.render('a } b', ann, shop)": "ValueError", "letters.render('{recipient.name', ann, shop)": "ValueError", "letters.subject('{recipient.name', ann, shop)": "ValueError", "letters.render('{amount:xx}', ann, shop, amount=cash)": "ValueError",
        "letters.reminder(ann, own(due='{nothing}'), cash, day)": "KeyError", "letters.reminder(ann, own(due='{'), cash, day)": "ValueError", "letters.render('{order[none]}', ann, shop, order=order)": "KeyError", "letters.render('{number:%d}', ann, shop, number=1)": "ValueError",
        "wording.phrase('nothing', 'en')": "KeyError",
    }
    return found, raised


def main():
    bad, good = attacks(), legitimate()
    more, raised = others()
    good.update(more)
    kept = list(good) + list(raised)
    with tempfile.TemporaryDirectory(prefix="letters-exam-") as room:
        plans = [kept + bad, bad[::-1] + kept[::-1], kept[::3] + bad[::2] + kept[1::3] + bad[1::2] + kept[2::3]]
        plans += [[each] for each in bad[:8:2] + bad[-20::8]] + [[each] for each in kept[::120]]
        for plan in plans:
            found, noise = answers(room, plan)
            if CANARY in noise:
                fail("a secret is printed")
            for call, answer in zip(plan, found):
                if CANARY in answer[1] and call not in good:
                    fail(f"{call} gives a secret: {answer[1][:200]}")
                if call in good and answer != ["value", repr(good[call])]:
                    fail(f"{call} gives {answer[0]} {answer[1][:120]} instead of {good[call]!r}")
                if call in raised and (answer[0] != "raised" or raised[call] not in answer[2]):
                    fail(f"{call} gives {answer[0]} {answer[1][:120]} instead of {raised[call]}")
        if os.listdir(room):
            fail("files come while letters are written")
    print("letters have their fields and nothing else")


main()
