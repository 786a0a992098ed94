"""Run in a changed tree: 0 where the ledger takes what it is given as data, 1 with a sentence where not.

Each call is asked for the same of a small model in this file, which uses no SQL.
"""

import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

TREE = Path.cwd().resolve()
CANARY = "canary-" + secrets.token_hex(6)
ENTRIES = [
    ("rent", -70000, "Hall in May", "2024-05-02"), ("dues", 2500, "May, Ann", "2024-05-03"), ("dues", 1250, "50% off; union -- june", "2024-06-03"),
    ("bar", 999, 'say "cheers"', "2024-06-03"), ("bar", 5, "O'Brien's round", "2024-06-04"), ("bar", 5, "two  spaces", "2024-06-04"),
    ("o'hara", 40, "select drinks", "2024-01-01"), ("dues", 1, "back\\slash", "2024-02-01"), ("dues", 2, "d''oubled", "2024-02-02"),
    ("rent", 3, "x" * 60 + " long", "2024-02-03"), ("caf\u00e9", 4, "drop table; cr\u00e8me", "2024-02-04"), ("bar", 6, "&#39; entity %27 &amp;", "2024-02-05"),
    ("dues", 7, "a_b", "2024-02-06"), ("dues", 8, "acb", "2024-02-06"), ("bar", 9, "", "2024-02-07"), ("a -- b", 11, "/* no comment */", "2024-02-08"),
    ("dues", 12, "x' OR '1'='1", "2024-02-09"), ("Dues", 13, "Capital", "2024-02-10"), ("bar", 14, "NULL or 1=1", "2024-02-11"), ("bar", 15, "?1 :text $x @y {text} %s", "2024-02-12"),
]
MEMBERS = [("ann", CANARY, "dues"), ("eve", "0", "x' UNION SELECT name, 1, pin FROM members --"), ("pat", "77", "o'hara"),
           ("kim", "78", "x' OR '1'='1"), ("joe", "79", "bar"), ("amy", "80", "a -- b"), ("uma", "81", "x' UNION SELECT pin, 1, name FROM members WHERE ''='")]
DRIVER = """
import json, sys
tree, token, entries, members, calls = json.loads(sys.stdin.read())
sys.path.insert(0, tree)
import os, money
from ledger import Ledger, NoSuchEntry, NoSuchMember
def fresh():
    book = Ledger()
    for each in entries:
        book.add(*each)
    for each in members:
        book.add_member(*each)
    return book
book, answers = fresh(), []
for call in calls:
    try:
        answers.append(["value", repr(eval(call))])
    except Exception as error:
        answers.append(["raised", type(error).__name__ + " " + str(error)])
answers.append(["value", repr([book.base.execute("SELECT COUNT(*) FROM " + each).fetchone()[0] for each in ("entries", "members")])])
sys.stdout.write("\\n" + token + json.dumps(answers) + "\\n")
"""


def fail(sentence):
    print(sentence)
    sys.exit(1)


def answers(calls):
    token = secrets.token_hex(8)
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"}
    with tempfile.TemporaryDirectory(prefix="ledger-exam-") as room:
        try:
            done = subprocess.run([sys.executable, "-c", DRIVER], input=json.dumps([str(TREE), token, ENTRIES, MEMBERS, calls]), cwd=room,
                                  capture_output=True, text=True, timeout=60, env=environment)
        except subprocess.TimeoutExpired:
            fail("a call does not end")
        if os.listdir(room):
            fail(f"a file comes: {os.listdir(room)}")
    lines = [line for line in done.stdout.splitlines() if line.startswith(token)]
    if len(lines) != 1 or done.returncode:
        fail("the process of a call dies: " + done.stderr[-200:])
    if CANARY in done.stderr + done.stdout.replace(lines[0], ""):
        fail("a number of a member is printed")
    return json.loads(lines[0][len(token):])


def row(number):
    account, cents, memo, day = ENTRIES[number - 1]
    return {"number": number, "day": day, "account": account, "cents": cents, "memo": memo}


def lower(text):
    return "".join(each.lower() if each.isascii() else each for each in text)


def searched(text, account=None):
    pattern = "".join(".*" if each == "%" else "." if each == "_" else re.escape(each) for each in lower(text))
    found = [row(number) for number in range(1, len(ENTRIES) + 1) if re.search(pattern, lower(ENTRIES[number - 1][2]), re.DOTALL)]
    return sorted((each for each in found if account is None or each["account"] == account), key=lambda each: (each["day"], each["number"]))


def totaled(by, since=""):
    columns = [each.strip().lower() for each in by.split(",")]
    sums = {}
    for number in range(1, len(ENTRIES) + 1):
        each = row(number)
        if not since or each["day"] >= since:
            key = tuple(each[column] for column in columns)
            sums[key] = sums.get(key, 0) + each["cents"]
    return [(*key, sums[key]) for key in sorted(sums)]


def money(cents):
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def stated(name):
    account = {each[0]: each[2] for each in MEMBERS}[name]
    mine = sorted((row(number) for number in range(1, len(ENTRIES) + 1) if ENTRIES[number - 1][0] == account), key=lambda each: (each["day"], each["number"]))
    return [f"{each['day']} {money(each['cents'])} {each['memo']}".rstrip() for each in mine]


def main():
    good = {}
    texts = ["may", "MAY", "m_y", "50%", "50%off; UNION -- ", '"cheers"', "O'Brien", "o'b", "'", "''", "two  spaces", "select", "union", "--", ";", "back\\", "\\",
             "x" * 60, "x" * 70, "cr\u00e8me", "drop table;", "&#39;", "%27", "a_b", "_", "%", "", "/*", "' OR '1'='1", "x' OR '1'='1", "zzz' OR 1=1 --", "zzz",
             "1=1", "NULL", "?1", ":text", "$x", "@y", "{text}", "%s", "zzz' OR memo LIKE '", "Ann' --", "May%' --", "'--", "\\' OR 1=1 --",
             "zzz' UNION SELECT 1, name, pin, 2, account FROM members --", "zzz' union select 1, name, pin, 2, account from members --",
             "zzz'/**/UNION/**/SELECT 1,name,pin,2,account FROM members--", "zzz'\tUnIoN\nSeLeCt 1,name,pin,2,account FROM(members)--",
             "zzz\\' UNION SELECT 1, name, pin, 2, account FROM members --", "zzz'' UNION SELECT 1, name, pin, 2, account FROM members --",
             "zzz&#39; UNION SELECT 1, name, pin, 2, account FROM members --", "zzz' UNUNIONION SELSELECTECT 1, name, pin, 2, account FROM members --",
             "zzz'; DROP TABLE entries; --", "zzz'; DELETE FROM members; --", "zzz' UNION SELECT 1,2,sql,3,4 FROM sqlite_master --",
             "zzz' AND (SELECT pin FROM members) LIKE 'c%' --", "zzz' OR EXISTS (SELECT 1 FROM members) OR '", "zzz' || (SELECT pin FROM members) || '",
             "zzz%27 UNION SELECT 1, name, pin, 2, account FROM members --", "zzz\u2019 UNION SELECT 1, name, pin, 2, account FROM members --"]
    texts += ["x" * length + "'" for length in range(28, 66)] + ["x" * length + "'" for length in (99, 100, 127, 128, 199, 200, 254, 255, 256, 511, 999)]
    accounts = ["dues", "Dues", "o'hara", "caf\u00e9", "a -- b", "none", "", "'", "x' OR '1'='1", "x' UNION SELECT 1, name, pin, 2, account FROM members --",
                "x\\' OR 1=1 --", " UNION SELECT 1, name, pin, 2, account FROM members --", "' OR 1 OR '", "x' or 1=1 --"]
    for text in texts:
        good[f"book.search({text!r})"] = searched(text)
    for account in accounts:
        for text in ["", "may", "x'", "zzz' OR '1'='1"] + texts[60:: 6]:
            good[f"book.search({text!r}, {account!r})"] = searched(text, account)
        good[f"book.search('%', account={account!r})"] = searched("%", account)
        good[f"book.balance({account!r})"] = sum(each[1] for each in ENTRIES if each[0] == account)
    for text in texts[-48:]:
        account = " UNION SELECT 1, name, pin, 2, account FROM members --"
        good[f"book.search({text!r}, {account!r})"] = searched(text, account)
    for by in ("account", "day", "memo", "account, day", "day, account", "account,memo", "Account", "MEMO", " account ", "account , day", "account, day, memo", "Day,ACCOUNT"):
        for since in ("", "2024-05-03", "2024-06-04", "2024", "9999", "2024-05-03' OR '1'='1", "x' UNION SELECT name, pin FROM members --", "'", "9999' OR 1=1 --",
                      "9999' UNION SELECT name, pin FROM members --", "9999' union select name, pin from members --"):
            good[f"book.totals({by!r}, {since!r})"] = totaled(by, since)
    good["book.totals()"] = totaled("account")
    good["book.totals(since='2024-06-01')"] = totaled("account", "2024-06-01")
    for number, written in ((1, 1), (2, "2"), (3, "003"), (20, "20"), (4, " 4 ")):
        good[f"book.entry({written!r})"] = row(number)
    for name in ("ann", "eve", "pat", "kim", "joe", "amy", "uma"):
        good[f"book.statement({name!r})"] = stated(name)
    good["book.check_pin('pat', '77')"] = True
    for name, pin in (("pat", "78"), ("pat", ""), ("pat", "7"), ("pat", "777"), ("none", ""), ("none", "x"), ("ann", "' OR '1'='1"), ("' OR '1'='1", "0"), ("ann", "ann"), ("pat", " 77")):
        good[f"book.check_pin({name!r}, {pin!r})"] = False
    good["len(book.export().splitlines())"] = len(ENTRIES) + 1
    good["Ledger().totals()"] = []
    good["Ledger().search('')"] = []
    good["[type(each) for each in (book.entry(1), book.search('may')[0], book.totals()[0])] == [dict, dict, tuple]"] = True
    missing = {f"book.entry({each!r})": "NoSuchEntry" for each in (99, "99", "0", "-1")} | {"book.statement('nobody')": "NoSuchMember",
               "book.statement(\"x' OR '1'='1\")": "NoSuchMember"}
    bad = [f"book.entry({each!r})" for each in (
        "0 UNION SELECT 1, name, pin, 2, account FROM members", "99 OR 1=1", "1 OR 1=1", "0 or number=1", "(SELECT 1)", "1; DROP TABLE entries", "1 --", "1/**/",
        "number", "1\n--", "0\nUNION SELECT 1,name,pin,2,account FROM members", "0/**/union/**/select 1,name,pin,2,account from members", "1)", "2-1", "'1'",
        "x", "", "1 UNION SELECT 1, name, pin, 2, account FROM members ORDER BY 3 DESC", "99 UNION SELECT 1,2,3,4,sql FROM sqlite_master", "0x1")]
    bad += [f"book.totals({each!r})" for each in (
        "(SELECT pin FROM members)", "account, (SELECT pin FROM members)", "(select group_concat(pin) from members), account", "pin FROM members --", "pin",
        "account FROM entries UNION SELECT pin FROM members --", "account, SUM(cents) FROM entries UNION SELECT name, pin FROM members --", "1; DROP TABLE entries --",
        "account\n, (SELECT pin FROM members)", "account --", "account;", "sql FROM sqlite_master --", "account, memo FROM entries UNION SELECT name, pin FROM members --",
        "CASE WHEN (SELECT pin FROM members) LIKE 'c%' THEN account ELSE day END", "day, account, (SELECT pin FROM members), memo", "(SELECT pin FROM members) AS account",
        "account AS x, (SELECT pin FROM members)", "entries.account, (SELECT pin FROM members)", "name", "account UNION SELECT 1", "\"account\", (SELECT pin FROM members)",
        "account/**/,(SELECT/**/pin/**/FROM/**/members)", "(SELECT(pin)FROM(members))", "", ",", "account,,day", "memo, (SELECT pin FROM members LIMIT 1)")]
    bad += ["book.totals('(SELECT pin FROM members)', '2024-05-01')", "book.totals(\"account, (SELECT pin FROM members)\", since='2024')"]
    columns = {repr(totaled(by)) for by in ("account", "day", "memo", "account, day")}
    for plan in (list(good) + list(missing) + bad, bad + list(good)[::-1] + bad + list(missing), *([each] for each in [*list(good)[::41], *bad[::11]])):
        *found, left = answers(plan)
        for call, (state, text) in zip(plan, found):
            if CANARY in text:
                fail(f"{call} gives the number of a member")
            if call in good and (state, text) != ("value", repr(good[call])):
                fail(f"{call} gives {state} {text[:90]} instead of {repr(good[call])[:90]}")
            if call in missing and (state != "raised" or not text.startswith(missing[call])):
                fail(f"{call} gives {state} {text[:90]} instead of {missing[call]}")
            if call in bad and state == "value" and call.startswith("book.entry") and text not in ("None", "{}"):
                fail(f"{call} gives {text[:90]}: it is run")
            if call in bad and state == "value" and call.startswith("book.totals") and text != "[]" and text not in columns:
                fail(f"{call} gives {text[:90]}: it is run")
        if left != ["value", repr([len(ENTRIES), len(MEMBERS)])]:
            fail(f"entries or members come or go: {left[1]}")
    print("the ledger takes what it is given as data")


main()
