"""Run in a changed tree: 0 where only sections answer and nothing that is asked for runs as SQL, 1 with a sentence where not.

Two stores are made here that differ in what is secret alone (the members' codes and the views of others). All calls are
made in processes of their own, against both; an answer that differs between them tells of a secret, whatever it holds.
What is in the stores afterwards is read here, and not by the changed code.
"""

import json
import os
import re
import secrets
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

TREE = Path.cwd().resolve()
CANARY = secrets.token_hex(6)
ODD = ["size (mm)", "supplier's code", "a;b -- c", "gr\u00f6\u00dfe", "select", "100%", "x[1]", "order", "back`tick", "q?", "under_score",
       "(code)", "union all", "drop", "a/*b*/", "1st", "net\\gross", "*", "ASC", "tab\tbed"]
TOOLS = [
    (1, "Hammer", "Estwing", "A1", 24.5), (2, "chisel", "Narex", "A2", 12.0), (3, "Drill", "Bosch", "B1", 89.0),
    (4, "Drill press", "Optimum", None, 240.0), (5, "saw_fine", "Bosch", "B2", 31.0), (6, "Miller's bit", "O'Neil", "B2", 7.25),
    (7, "Drop saw; 12\" -- used", "Bosch", None, 180.0), (8, "Union nut (select)", None, "A1", 3.0), (9, "50% off*", "Narex", "A2", 1.5),
    (10, "back\\slash", "Narex", "Z9", 2.0), (11, "S\u00e4ge", "Estwing", "A1", 44.0), (12, "sawsfine", "", "B9", 30.0),
]
PARTS = [(1, "Screw 4x40", "screws", 800, "C1"), (2, "Screw 5x60", "screws", 250, "C1"), (3, "Felt, 50% wool", "felt", 12, "C2"),
         (4, "Felt, 500 g", "felt", 3, None), (5, "O'Ring", "rings", 40, None)]
DRIVER = """
import json, sys
tree, token, path, calls = json.loads(sys.stdin.read())
sys.path.insert(0, tree)
import asking, desk, store
s = store.opened(path)
answers = []
for call in calls:
    try:
        answers.append(["value", repr(eval(call))])
    except Exception as error:
        answers.append(["raised", type(error).__name__, str(error)])
sys.stdout.write("\\n" + token + json.dumps(answers) + "\\n")
"""


def fail(sentence):
    print(sentence)
    sys.exit(1)


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def furnish(path, secret, bad_views):
    shop = sqlite3.connect(path)
    shop.executescript("""
CREATE TABLE tools (id INTEGER PRIMARY KEY, name TEXT NOT NULL, maker TEXT, shelf TEXT, "unit price" REAL);
CREATE TABLE parts (id INTEGER PRIMARY KEY, name TEXT NOT NULL, "group" TEXT, qty INTEGER DEFAULT 0, shelf TEXT);
CREATE TABLE loans (id INTEGER PRIMARY KEY, tool INTEGER NOT NULL, member TEXT NOT NULL, since TEXT, due TEXT);
CREATE TABLE members (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, code TEXT NOT NULL);
CREATE TABLE views (owner TEXT, name TEXT, section TEXT, spec TEXT, PRIMARY KEY (owner, name));
""")
    shop.executemany("INSERT INTO tools VALUES (?, ?, ?, ?, ?)", TOOLS)
    shop.executemany("INSERT INTO parts VALUES (?, ?, ?, ?, ?)", PARTS)
    for number, label in enumerate(ODD):
        shop.execute(f"ALTER TABLE tools ADD COLUMN {quoted(label)} {'REAL' if number % 2 == 0 else 'TEXT'}")
        for tool in range(1, 13):
            if (tool + number) % 4:
                value = (tool * 7 + number) % 11 * (1.0 if number % 2 == 0 else 1)
                shop.execute(f"UPDATE tools SET {quoted(label)} = ? WHERE id = ?", (value if number % 2 == 0 else f"t{value}", tool))
    shop.executemany("INSERT INTO loans VALUES (?, ?, ?, ?, ?)", [(1, 3, "ada", "2026-01-02", "2026-01-16"), (2, 5, "ben", "2026-01-05", "2026-01-19"),
                                                                 (3, 1, "ada", "2026-02-01", "2026-02-15")])
    shop.executemany("INSERT INTO members VALUES (?, ?, ?)", [(1, "ada", secret[0] + CANARY), (2, "ben", secret[0] + CANARY + secret)])
    shop.execute("INSERT INTO views VALUES ('zoe', 'private', 'tools', ?)", (json.dumps({"sort": "name", "where": [["name", "is", secret + CANARY]]}),))
    for number, (section, spec) in enumerate(bad_views):
        shop.execute("INSERT INTO views VALUES ('eve', ?, ?, ?)", (f"v{number}", section, json.dumps(spec)))
    shop.execute("INSERT INTO views VALUES ('ada', 'old', 'tools', ?)",
                 (json.dumps({"fields": ["name", "size (mm)"], "where": [["maker", "is", "Bosch"], ["shelf", "empty", None]], "sort": "unit price:desc", "size": "2"}),))
    shop.commit()
    shop.close()


def contents(path):
    """Everything but what is secret, and what is secret."""
    shop = sqlite3.connect(path)
    tables = [each[0] for each in shop.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")]
    found = {each: shop.execute(f"SELECT * FROM {quoted(each)}").fetchall() for each in tables}
    made = shop.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()
    shop.close()
    return made, found


def answers(folder, path, calls, **more):
    token = secrets.token_hex(8)
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8", **more}
    try:
        done = subprocess.run([sys.executable, "-c", DRIVER], input=json.dumps([str(TREE), token, str(path), calls]), cwd=folder,
                              capture_output=True, text=True, timeout=60, env=environment)
    except subprocess.TimeoutExpired:
        fail("a call does not end")
    lines = [line for line in done.stdout.splitlines() if line.startswith(token)]
    if len(lines) != 1 or done.returncode:
        fail("the process of a call dies: " + done.stderr[-200:])
    if CANARY in done.stdout + done.stderr:
        found = [call for call, each in zip(calls, json.loads(lines[0][len(token):])) if CANARY in repr(each)]
        fail(f"{found[0][:150] if found else 'what is printed'} gives what is secret")
    return json.loads(lines[0][len(token):])


def sections_to_refuse():
    return ["members", "MEMBERS", "Members", "views", "Views", "sqlite_master", "sqlite_schema", "main.members", 'main"."members', 'temp"."members',
            " members", "members ", '"members"', "[members]", "`members`", "(select * from members)", 'tools" JOIN members --', 'tools", "members',
            'tools" AS t, members --', 'tools", members --', 'tools"; DELETE FROM members; --', "tools UNION SELECT id, name, code FROM members",
            'members" --', 'members" -- tools', 'members"/*tools*/ --', 'tools" WHERE 0 UNION SELECT id, name, code FROM members --', "tools\x00members", "members\x00",
            "\uff4dembers", "member\u017f", "tools.members", "tools/../members", "members;tools", "tools\nmembers", "members\n", "pragma_database_list", "views\t",
            'parts" JOIN members --', 'loans" JOIN members USING (id) --', "x" * 300 + '" JOIN members --', ["members"], {"members": "tools"}]


def names_to_refuse():
    """Names that are no fields: each reads a code, or tells by an order or a number of what code there is."""
    asks = ["(select group_concat(code) from members)", "(SELECT code FROM members LIMIT 1)", "(sElEcT/**/code/**/from/**/members)", "(select\ncode\nfrom\nmembers)",
            "(select spec from views where owner = 'zoe')", "(select min(code) from members)"]
    tells = ["(select case when code like 'a%' then -1 else 1 end from members limit 1)", "(select count(*) from members where code < 'h')",
             "exists (select 1 from members where substr(code||code,1,1) = 'a')"]
    ways = []
    for ask in asks:
        ways += [f'name", {ask} as "x', f'name" || {ask} || "', f'name" || {ask} --', ask, f'" || {ask} || "', f'name"" || {ask} || ""', f'name`, {ask} as `x',
                 f"name], {ask} as [x", f"name', {ask} as 'x", f'unit price" + {ask} --', f'\\" || {ask} || \\"', f'name\\", {ask} as \\"x', f"name, {ask}", f'size (mm)", {ask} as "x',
                 f"name\uff02, {ask} as \uff02x", f"name\u201d, {ask} as \u201dx", f'id") || {ask} || lower("id', f'name", {ask} as "name']
    for ask in tells:
        ways += [f'id" * {ask} + "id', f'id" * {ask} --', f'id" is not null and {ask} --', f"id * {ask}", f"{ask}", f'id") * {ask} + abs("id', f'ID" * {ask} * "ID', f'id" * {ask} * 1.0 / "id',
                 f'nosuch" * {ask} --', f'id\t" * {ask} + "id', f'id"\n*{ask} --']
    ways += ['code" from members --', 'code", id from members --', "code from members --", 'code") from members --', 'code") FROM members GROUP BY 1 --', "code from members",
             'members"."code', "members.code", "(select code from members)", '*" from members --', "* from members --", 'name" from tools union select code from members --',
             'name" from tools union all select spec from views --', 'x" from (select code as x from members) --', 'code" from members/*', "code", "spec", "name", 'name"']
    ways += ["name" + " " * 300 + f'" || {asks[0]} || "', "n" * 1200 + f'" || {asks[1]} || "', f'name\x00" || {asks[0]} || "', f'name" || {asks[0]} || "' + "a" * 5000]
    return [each for each in ways if each != "name"]


KEY = ('name", (select group_concat(code) from members) as "x', 'name" || (select group_concat(code) from members) || "', 'code" from members --', '*" from members --', 'code") from members --',
       'id" * (select case when code like \'a%\' then -1 else 1 end from members limit 1) + "id', 'id" is not null and (select count(*) from members where code < \'h\') --', 'code") FROM members GROUP BY 1 --',
       'id") * (select count(*) from members where code < \'h\') + abs("id', 'name" from tools union select code from members --', 'id" * (select case when code like \'a%\' then -1 else 1 end from members limit 1) --',
       'name", (select spec from views where owner = \'zoe\') as "x', "name\uff02, (select group_concat(code) from members) as \uff02x", "(select group_concat(code) from members)")


def thinned(number, all_until, most, forms, name=None):
    """All forms for what matters, and some of them, turn by turn, for the rest."""
    if number < all_until or name in KEY:
        return forms
    return [forms[(number * most + each) % len(forms)] for each in range(most)]


def bad_calls():
    """Call -> what it may give beside a refusal, or None where any answer will do that is the same for all secrets."""
    calls = {}

    def ask(call, only=None):
        calls[call] = only

    for number, each in enumerate(sections_to_refuse()):
        for form in thinned(number, 8, 4, ("asking.rows(s, {!r})", "asking.count(s, {!r})", "desk.export(s, {!r})", "asking.facets(s, {!r}, 'name')", "asking.totals(s, {!r}, 'code', 'max')",
                     "asking.search(s, {!r}, 'a')", "asking.search(s, {!r}, 'zz', ['code'])", "store.put(s, {!r}, {{'name': 'zz-eve', 'code': '1'}})", "asking.pages(s, {!r})",
                     "asking.rows(s, {!r}, ['code'])", "desk.export(s, {!r}, ['code'], 'code')", "asking.totals(s, {!r}, 'id', 'count', 'code')",
                     "[desk.save(s, 'eve', 'mine', {!r}), desk.view(s, 'eve', 'mine')]", "asking.rows(s, {!r}, where=[('code', 'under', 'h')])")):
            ask(form.format(each))
    for number, each in enumerate(names_to_refuse()):
        for form in thinned(number, 0, 6, ("asking.rows(s, 'tools', [{!r}])", "asking.rows(s, 'tools', ['name', {!r}], size=-1)", "asking.rows(s, 'tools', sort={!r})", "asking.rows(s, 'tools', sort={!r} + ':desc, name')",
                     "asking.rows(s, 'tools', ['id'], sort='name, ' + {!r})", "asking.rows(s, 'tools', where=[({!r}, 'is', 'x')])", "asking.count(s, 'tools', [({!r}, 'over', '0')])",
                     "asking.rows(s, 'tools', where=[({!r}, 'has', '1')])", "asking.count(s, 'tools', [({!r}, 'empty', 0)])", "asking.search(s, 'tools', 'a', [{!r}])",
                     "asking.search(s, 'tools', 'a', ('name', {!r}))", "asking.facets(s, 'tools', {!r})", "asking.facets(s, 'tools', 'maker', [({!r}, 'is', 1)])",
                     "asking.totals(s, 'tools', {!r})", "asking.totals(s, 'tools', {!r}, 'max')", "asking.totals(s, 'tools', 'id', 'count', {!r})", "desk.export(s, 'tools', [{!r}])",
                     "desk.export(s, 'tools', ['id', {!r}])", "desk.export(s, 'tools', ['id'], {!r})", "desk.views(s, 'eve', {!r})[:3]", "desk.views(s, 'eve', 'name, ' + {!r})[:3]",
                     "asking.pages(s, 'tools', [({!r}, 'under', 0)], 1)", "[desk.save(s, 'eve', 'mine', 'tools', sort={!r}), desk.view(s, 'eve', 'mine')]",
                     "asking.rows(s, 'tools', ['id'], sort='shelf, ' + {!r} + ', name')", "desk.export(s, 'tools', ['id'], 'shelf:desc,' + {!r})"), each):
            ask(form.format(each))
    for each in ("= 'x' or 1=1 or 'a' =", "= maker or 1 =", "is not null or 1 =", "= 'x' or 1=1 --", "<> 'q' or 'x' =", "IS NOT NULL OR 'x' IS NOT", "in (select maker from tools) or 1 =",
                 "not null or 0 =", "= (select code from members) or exists (select 1 from members where code like 'a%') or 1 =", "is 'x' or 1=1 or 'a' is", "= 'x' or\n1=1 or 'a' =",
                 "=/**/'x'/**/or/**/1/**/or/**/0=", "<> '' or maker =", "is = 1 or 1 or 1", "=\x00", "= ? or 1=1 --", "over 1 or 1=1 or 1 >"):
        for form in ("asking.rows(s, 'tools', where=[('maker', {!r}, 'zz-none')])", "asking.rows(s, 'tools', ['name'], where=[('maker', 'is', 'Bosch'), ('maker', {!r}, 'zz-none')])",
                     "asking.count(s, 'tools', [('maker', {!r}, 'zz-none')])", "asking.facets(s, 'tools', 'name', [('maker', {!r}, 'zz-none')])"):
            ask(form.format(each), ("[]", "0") if " or " in each.lower() or "/or/" in each or "\nor" in each else None)
    tell = "(select case when code like 'a%' then -1 else 1 end from members limit 1)"
    for each in (f"desc, {tell}", f"* {tell}", f"* {tell} --", f"asc nulls last, id * {tell}", f"collate nocase * {tell}", f"desc limit {tell} + 2 --", "desc limit (select count(*) from members where code < 'h') --",
                 f"asc limit {tell} + 3 offset 0 --", f"+ id * {tell} desc", f"is null or id * {tell}", f"\n* {tell}", f"/**/*/**/{tell}", "limit (select 1 + (code < 'h') from members) --", f"desc\x00 * {tell}",
                 f"DESC nulls last limit {tell} + 4 --", "|| (select code from members) desc", f"- {tell} * id * 2 asc"):
        for form in ("asking.rows(s, 'tools', sort='id:' + {!r})", "asking.rows(s, 'tools', ['id'], sort='maker, id: ' + {!r}, size=4)", "desk.export(s, 'tools', ['id'], 'id:' + {!r})",
                     "desk.views(s, 'eve', 'name:' + {!r})[:3]", "[desk.save(s, 'eve', 'mine', 'tools', sort='id:' + {!r}), desk.view(s, 'eve', 'mine')]"):
            ask(form.format(each))
    for each in ("(select count(*) from members where code < 'h') + 1", "length((select code from members limit 1))", "1 + (select code < 'h' from members)", f"{tell} + 3", f"3 + {tell} --",
                 "(select code from members)", "4 - exists(select 1 from members where code like 'n%')", "2 union select id, name, code from members", "1; drop table members", f" 5+{tell}", f"-1 * {tell} --"):
        for form in ("asking.rows(s, 'tools', ['id'], size={!r})", "asking.rows(s, 'tools', ['id'], page={!r}, size=3)", "asking.search(s, 'tools', 'a', limit={!r})", "asking.pages(s, 'tools', size={!r})",
                     "[desk.save(s, 'eve', 'mine', 'tools', size={!r}), desk.view(s, 'eve', 'mine')]", "[desk.save(s, 'eve', 'mine', 'tools', size=2), desk.view(s, 'eve', 'mine', {!r})]"):
            ask(form.format(each))
    for each in ("(select code from members limit 1), max", "(select group_concat(code) from members) || max", "max((select code from members limit 1)), max", f"{tell} * max", "max(id) * " + tell + " + count", "count(*), (select code from members), sum",
                 "SUM(id), max((select spec from views where owner='zoe')) -- ", "max((select code from members limit 1)) from tools --", f"sum(id) * {tell} --", "sum\n(id) * " + tell + " -- sum", "max((select code from members limit 1)) || max",
                 "code from members --", "min(code) from members --", 'group_concat(code) from members --'):
        for form in ("asking.totals(s, 'tools', 'id', {!r})", "asking.totals(s, 'tools', 'unit price', {!r}, 'maker')", "asking.totals(s, 'tools', 'id', how={!r}, by='shelf')"):
            ask(form.format(each))
    for each in ("zz-none' OR 1=1 --", "zz-none' UNION SELECT * FROM tools --", "zz-none%' OR '%'='", "zz-none' ESCAPE '!' OR 1=1 --", "zz-none' or name like '", "zz-none\\' or 1=1 --", "zz-none'' or 1=1 --", "zz-none\\'' or 1=1 --",
                 "zz-none' or 1 -- ", "zz-none'/**/or/**/1/**/--", "zz-none'||(select code from members)||'", "zz-none\u2019 or 1=1 --", "zz-none\uff07 or 1=1 --", "zz-none*' or 1=1 --", "zz-none' or(1)or'", "zz-none'\nor\n1=1\n--", "zz-none'or'1",
                 "zz-none' or exists (select 1 from members where code like 'a%') --", "zz-none\x00' or 1=1 --", "zz-none" + "'" * 5 + " or 1=1 --", "zz-none' oR 1=1 --", "zz-none" + "n" * 2000 + "' or 1=1 --", "zz-none'; delete from members; --"):
        for form in ("asking.search(s, 'tools', {!r})", "asking.search(s, 'tools', {!r}, ['maker', 'name'])", "asking.search(s, 'PARTS', {!r}, ('Name',), '9')"):
            ask(form.format(each), ("[]",))
    blank = ", ".join(["null"] * (2 + len(ODD)))
    for each in (f"zz' UNION SELECT id, name, code, {blank} FROM members --", f"' AND 0 UNION SELECT id, name, code, {blank} FROM members --", f"*' AND 0 UNION SELECT 1, owner, spec, {blank} FROM views --",
                 f"zz'/**/UNION/**/SELECT/**/id,name,code,{blank}/**/FROM/**/members--", f"zz\\' UNION SELECT id, name, code, {blank} FROM members --", f"zz'' UNION SELECT id, name, code, {blank} FROM members --",
                 "' AND (select code like 'a%' from members) --", "Drill' AND (select code like 'a%' from members) AND 'a' LIKE '", "Drill%' AND (select code like 'a%' from members) AND '%' LIKE '"):
        ask(f"asking.search(s, 'tools', {each!r})")
        ask(f"asking.search(s, 'tools', {each!r}, ['name', 'maker'], 20)")
    for each in ('name") select code from members where ?1 <> \'\' --', 'name") select spec from views where owner = \'zoe\' and ?1 <> \'\' --', 'name") VALUES (?1 || (select code from members)) --',
                 'name") VALUES (?1 || (select code from members)) ON CONFLICT DO NOTHING --', 'name")\nselect\ncode\nfrom\nmembers\nwhere\n?1\n<>\n\'\'\n--', 'NAME") select code from members where ?1 > \'\' --'):
        for section in ("tools", "parts", "Tools"):
            ask(f"store.put(s, {section!r}, {{{each!r}: 'x'}})")
    for each in ('tools" ("name") select code from members where ?1 > \'\' --', 'members" ("name", "code") VALUES (?1, ?1) --', 'tools" (name) VALUES (?1 || (select code from members)) --', "members"):
        ask(f"store.put(s, {each!r}, {{'name': 'x'}})")
    ask("store.put(s, 'members', {'name': 'eve', 'code': '1'})")
    ask("store.put(s, 'views', {'owner': 'zoe', 'name': 'n', 'section': 'tools', 'spec': '{}'})")
    ask("store.put(s, 'MEMBERS', {'name': 'eve', 'code': '1'})")
    for number in range(len(bad_views())):
        ask(f"desk.view(s, 'eve', 'v{number}')")
        ask(f"desk.view(s, 'eve', 'v{number}', '1')")
    return calls


def bad_views():
    """Specifications that somebody saved before the repair."""
    tell = "(select case when code like 'a%' then -1 else 1 end from members limit 1)"
    return [("members", {}), ("tools", {"fields": ['name", (select code from members limit 1) as "x']}), ("tools", {"sort": f'id" * {tell} --'}), ("tools", {"sort": f"id:* {tell}"}),
            ("tools", {"size": "length((select code from members limit 1))"}), ("tools", {"where": [['name" = 1 or exists (select 1 from members where code like \'a%\') --', "is", "x"]]}),
            ("tools", {"where": [["name", "= 1 or exists (select 1 from members where code like 'a%') or 1 =", "x"]]}), ('tools" JOIN members --', {}), ("views", {"fields": ["spec"]}),
            ("tools", {"fields": ["name"], "where": [["name", "= (select name from members where code like 'a%') or id < 3 + " + tell + " or 1 =", "x"]], "size": 50}), ("MEMBERS", {"fields": ["code"], "sort": "code"})]


def main():
    good = EXPECTED
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # each view that is saved is written through
    with tempfile.TemporaryDirectory(prefix="queries-exam-", dir=memory) as folder:
        folder = Path(folder).resolve()
        legit = list(good)
        bad = bad_calls()
        paths = {}
        for name, secret in (("one", "a" + "1" * 3), ("two", "n" + "2" * 9)):
            paths[name] = folder / name / "shop.db"
            paths[name].parent.mkdir()
            furnish(paths[name], secret, bad_views())

        def judge(calls, found):
            for call, each in zip(calls, found):
                if call in good and each != good[call] and not (call in MAY_REFUSE and each[0] == "raised"):
                    fail(f"{call[:150]} gives {str(each)[:150]} instead of {str(good[call])[:150]}")
                if call in bad and bad[call] is not None and each[0] == "value" and each[1] not in bad[call]:
                    fail(f"{call[:150]} gives {each[1][:100]}: what was asked for ran as SQL")

        seen = {}
        order = list(bad)
        for name, path in paths.items():
            before = contents(path)
            plans = [legit, order + legit, order[::-7] + legit[::-1]]
            if name == "one":
                plans += [[each] for each in legit[::60]]
            for number, plan in enumerate(plans):
                found = answers(path.parent, path, plan)
                judge(plan, found)
                seen.setdefault((number, len(plan)), []).append((plan, found))
            after = contents(path)
            if before[0] != after[0]:
                fail("the tables are others afterwards")
            if before[1]["members"] != after[1]["members"]:
                fail("members come, change or go")
            if [each for each in before[1]["views"] if each[0] != "eve"] != [each for each in after[1]["views"] if each[0] != "eve"]:
                fail("views of others come, change or go")
            for table in set(after[1]) - {"members", "views"}:
                if any(CANARY in str(cell) for row in after[1][table] for cell in row):
                    fail(f"what is secret stands in {table}")
                if [each for each in after[1][table] if "zz-" not in str(each)][: len(before[1][table])] != before[1][table]:
                    fail(f"records of {table} come, change or go")
            if sorted(each.name for each in path.parent.iterdir()) != ["shop.db"]:
                fail("files come beside the store")
        for pair in seen.values():
            if len(pair) == 2:
                for call, one, two in zip(pair[0][0], pair[0][1], pair[1][1]):
                    if clean(one) != clean(two):
                        fail(f"{call[:150]} tells of what is secret")
        path = folder / "three" / "shop.db"
        path.parent.mkdir()
        furnish(path, "a", [])
        found = answers(path.parent, path, list(CHANGING))
        for (call, right), each in zip(CHANGING.items(), found):
            if each != right:
                fail(f"{call[:150]} gives {str(each)[:150]} instead of {str(right)[:150]}")
    print("only sections answer, and nothing that is asked for runs as SQL")


def clean(answer):
    """Without addresses of objects."""
    return re.sub(r"0x[0-9a-f]+", "", str(answer))


# EXPECTED: what the project gives before the repair, looked over by hand
EXPECTED = {
    "asking.rows(s, 'tools', ['id', 'name'])":
        ['value', '[{\'id\': 1, \'name\': \'Hammer\'}, {\'id\': 2, \'name\': \'chisel\'}, {\'id\': 3, \'name\': \'Drill\'}, {\'id\': 4, \'name\': \'Drill press\'}, {\'id\': 5, \'name\': \'saw_fine\'}, {\'id\': 6, \'name\': "Miller\'s bit"}, {\'id\': 7, \'name\': \'Drop saw; 12" -- used\'}, {\'id\': 8, \'name\': \'Union nut (select)\'}, {\'id\': 9, \'name\': \'50% off*\'}, {\'id\': 10, \'name\': \'back\\\\slash\'}, {\'id\': 11, \'name\': \'Säge\'}, {\'id\': 12, \'name\': \'sawsfine\'}]'],
    "asking.rows(s, 'tools')":
        ['value', '[{\'id\': 1, \'name\': \'Hammer\', \'maker\': \'Estwing\', \'shelf\': \'A1\', \'unit price\': 24.5, \'size (mm)\': 7.0, "supplier\'s code": \'t8\', \'a;b -- c\': 9.0, \'größe\': None, \'select\': 0.0, \'100%\': \'t1\', \'x[1]\': 2.0, \'order\': None, \'back`tick\': 4.0, \'q?\': \'t5\', \'under_score\': 6.0, \'(code)\': None, \'union all\': 8.0, \'drop\': \'t9\', \'a/*b*/\': 10.0, \'1st\': None, \'net\\\\gross\': 1.0, \'*\': \'t2\', \'ASC\': 3.0, \'tab\\tbed\': None}, {\'id\': 2, \'name\': \'chisel\', \'maker\': \'Narex\', \'shelf\': \'A2\', \'unit price\': 12.0, \'size (mm)\': 3.0, "supplier\'s code": \'t4\', \'a;b -- c\': None, \'größe\': \'t6\', \'select\': 7.0, \'100%\': \'t8\', \'x[1]\': None, \'order\': \'t10\', \'back`tick\': 0.0, \'q?\': \'t1\', \'under_score\': None, \'(code)\': \'t3\', \'union all\': 4.0, \'drop\': \'t5\', \'a/*b*/\': None, \'1st\': \'t7\', \'net\\\\gross\': 8.0, \'*\': \'t9\', \'ASC\': None, \'tab\\tbed\': \'t0\'}, {\'id\': 3, \'name\': \'Drill\', \'maker\': \'Bosch\', \'shelf\': \'B1\', \'unit price\': 89.0, \'size (mm)\': 10.0, "supplier\'s code": None, \'a;b -- c\': 1.0, \'größe\': \'t2\', \'select\': 3.0, \'100%\': None, \'x[1]\': 5.0, \'order\': \'t6\', \'back`tick\': 7.0, \'q?\': None, \'under_score\': 9.0, \'(code)\': \'t10\', \'union all\': 0.0, \'drop\': None, \'a/*b*/\': 2.0, \'1st\': \'t3\', \'net\\\\gross\': 4.0, \'*\': None, \'ASC\': 6.0, \'tab\\tbed\': \'t7\'}, {\'id\': 4, \'name\': \'Drill press\', \'maker\': \'Optimum\', \'shelf\': None, \'unit price\': 240.0, \'size (mm)\': None, "supplier\'s code": \'t7\', \'a;b -- c\': 8.0, \'größe\': \'t9\', \'select\': None, \'100%\': \'t0\', \'x[1]\': 1.0, \'order\': \'t2\', \'back`tick\': None, \'q?\': \'t4\', \'under_score\': 5.0, \'(code)\': \'t6\', \'union all\': None, \'drop\': \'t8\', \'a/*b*/\': 9.0, \'1st\': \'t10\', \'net\\\\gross\': None, \'*\': \'t1\', \'ASC\': 2.0, \'tab\\tbed\': \'t3\'}, {\'id\': 5, \'name\': \'saw_fine\', \'maker\': \'Bosch\', \'shelf\': \'B2\', \'unit price\': 31.0, \'size (mm)\': 2.0, "supplier\'s code": \'t3\', \'a;b -- c\': 4.0, \'größe\': None, \'select\': 6.0, \'100%\': \'t7\', \'x[1]\': 8.0, \'order\': None, \'back`tick\': 10.0, \'q?\': \'t0\', \'under_score\': 1.0, \'(code)\': None, \'union all\': 3.0, \'drop\': \'t4\', \'a/*b*/\': 5.0, \'1st\': None, \'net\\\\gross\': 7.0, \'*\': \'t8\', \'ASC\': 9.0, \'tab\\tbed\': None}, {\'id\': 6, \'name\': "Miller\'s bit", \'maker\': "O\'Neil", \'shelf\': \'B2\', \'unit price\': 7.25, \'size (mm)\': 9.0, "supplier\'s code": \'t10\', \'a;b -- c\': None, \'größe\': \'t1\', \'select\': 2.0, \'100%\': \'t3\', \'x[1]\': None, \'order\': \'t5\', \'back`tick\': 6.0, \'q?\': \'t7\', \'under_score\': None, \'(code)\': \'t9\', \'union all\': 10.0, \'drop\': \'t0\', \'a/*b*/\': None, \'1st\': \'t2\', \'net\\\\gross\': 3.0, \'*\': \'t4\', \'ASC\': None, \'tab\\tbed\': \'t6\'}, {\'id\': 7, \'name\': \'Drop saw; 12" -- used\', \'maker\': \'Bosch\', \'shelf\': None, \'unit price\': 180.0, \'size (mm)\': 5.0, "supplier\'s code": None, \'a;b -- c\': 7.0, \'größe\': \'t8\', \'select\': 9.0, \'100%\': None, \'x[1]\': 0.0, \'order\': \'t1\', \'back`tick\': 2.0, \'q?\': None, \'under_score\': 4.0, \'(code)\': \'t5\', \'union all\': 6.0, \'drop\': None, \'a/*b*/\': 8.0, \'1st\': \'t9\', \'net\\\\gross\': 10.0, \'*\': None, \'ASC\': 1.0, \'tab\\tbed\': \'t2\'}, {\'id\': 8, \'name\': \'Union nut (select)\', \'maker\': None, \'shelf\': \'A1\', \'unit price\': 3.0, \'size (mm)\': None, "supplier\'s code": \'t2\', \'a;b -- c\': 3.0, \'größe\': \'t4\', \'select\': None, \'100%\': \'t6\', \'x[1]\': 7.0, \'order\': \'t8\', \'back`tick\': None, \'q?\': \'t10\', \'under_score\': 0.0, \'(code)\': \'t1\', \'union all\': None, \'drop\': \'t3\', \'a/*b*/\': 4.0, \'1st\': \'t5\', \'net\\\\gross\': None, \'*\': \'t7\', \'ASC\': 8.0, \'tab\\tbed\': \'t9\'}, {\'id\': 9, \'name\': \'50% off*\', \'maker\': \'Narex\', \'shelf\': \'A2\', \'unit price\': 1.5, \'size (mm)\': 8.0, "supplier\'s code": \'t9\', \'a;b -- c\': 10.0, \'größe\': None, \'select\': 1.0, \'100%\': \'t2\', \'x[1]\': 3.0, \'order\': None, \'back`tick\': 5.0, \'q?\': \'t6\', \'under_score\': 7.0, \'(code)\': None, \'union all\': 9.0, \'drop\': \'t10\', \'a/*b*/\': 0.0, \'1st\': None, \'net\\\\gross\': 2.0, \'*\': \'t3\', \'ASC\': 4.0, \'tab\\tbed\': None}, {\'id\': 10, \'name\': \'back\\\\slash\', \'maker\': \'Narex\', \'shelf\': \'Z9\', \'unit price\': 2.0, \'size (mm)\': 4.0, "supplier\'s code": \'t5\', \'a;b -- c\': None, \'größe\': \'t7\', \'select\': 8.0, \'100%\': \'t9\', \'x[1]\': None, \'order\': \'t0\', \'back`tick\': 1.0, \'q?\': \'t2\', \'under_score\': None, \'(code)\': \'t4\', \'union all\': 5.0, \'drop\': \'t6\', \'a/*b*/\': None, \'1st\': \'t8\', \'net\\\\gross\': 9.0, \'*\': \'t10\', \'ASC\': None, \'tab\\tbed\': \'t1\'}, {\'id\': 11, \'name\': \'Säge\', \'maker\': \'Estwing\', \'shelf\': \'A1\', \'unit price\': 44.0, \'size (mm)\': 0.0, "supplier\'s code": None, \'a;b -- c\': 2.0, \'größe\': \'t3\', \'select\': 4.0, \'100%\': None, \'x[1]\': 6.0, \'order\': \'t7\', \'back`tick\': 8.0, \'q?\': None, \'under_score\': 10.0, \'(code)\': \'t0\', \'union all\': 1.0, \'drop\': None, \'a/*b*/\': 3.0, \'1st\': \'t4\', \'net\\\\gross\': 5.0, \'*\': None, \'ASC\': 7.0, \'tab\\tbed\': \'t8\'}, {\'id\': 12, \'name\': \'sawsfine\', \'maker\': \'\', \'shelf\': \'B9\', \'unit price\': 30.0, \'size (mm)\': None, "supplier\'s code": \'t8\', \'a;b -- c\': 9.0, \'größe\': \'t10\', \'select\': None, \'100%\': \'t1\', \'x[1]\': 2.0, \'order\': \'t3\', \'back`tick\': None, \'q?\': \'t5\', \'under_score\': 6.0, \'(code)\': \'t7\', \'union all\': None, \'drop\': \'t9\', \'a/*b*/\': 10.0, \'1st\': \'t0\', \'net\\\\gross\': None, \'*\': \'t2\', \'ASC\': 3.0, \'tab\\tbed\': \'t4\'}]'],
    "asking.rows(s, 'parts')":
        ['value', '[{\'id\': 1, \'name\': \'Screw 4x40\', \'group\': \'screws\', \'qty\': 800, \'shelf\': \'C1\'}, {\'id\': 2, \'name\': \'Screw 5x60\', \'group\': \'screws\', \'qty\': 250, \'shelf\': \'C1\'}, {\'id\': 3, \'name\': \'Felt, 50% wool\', \'group\': \'felt\', \'qty\': 12, \'shelf\': \'C2\'}, {\'id\': 4, \'name\': \'Felt, 500 g\', \'group\': \'felt\', \'qty\': 3, \'shelf\': None}, {\'id\': 5, \'name\': "O\'Ring", \'group\': \'rings\', \'qty\': 40, \'shelf\': None}]'],
    "asking.rows(s, 'loans')":
        ['value', "[{'id': 1, 'tool': 3, 'member': 'ada', 'since': '2026-01-02', 'due': '2026-01-16'}, {'id': 2, 'tool': 5, 'member': 'ben', 'since': '2026-01-05', 'due': '2026-01-19'}, {'id': 3, 'tool': 1, 'member': 'ada', 'since': '2026-02-01', 'due': '2026-02-15'}]"],
    "asking.rows(s, 'Parts', ('NAME', 'Group'), sort='QTY:Desc')":
        ['value', '[{\'name\': \'Screw 4x40\', \'group\': \'screws\'}, {\'name\': \'Screw 5x60\', \'group\': \'screws\'}, {\'name\': "O\'Ring", \'group\': \'rings\'}, {\'name\': \'Felt, 50% wool\', \'group\': \'felt\'}, {\'name\': \'Felt, 500 g\', \'group\': \'felt\'}]'],
    "asking.rows(s, 'TOOLS', ['Unit Price', 'name'], sort='UNIT PRICE : DESC')":
        ['value', '[{\'unit price\': 240.0, \'name\': \'Drill press\'}, {\'unit price\': 180.0, \'name\': \'Drop saw; 12" -- used\'}, {\'unit price\': 89.0, \'name\': \'Drill\'}, {\'unit price\': 44.0, \'name\': \'Säge\'}, {\'unit price\': 31.0, \'name\': \'saw_fine\'}, {\'unit price\': 30.0, \'name\': \'sawsfine\'}, {\'unit price\': 24.5, \'name\': \'Hammer\'}, {\'unit price\': 12.0, \'name\': \'chisel\'}, {\'unit price\': 7.25, \'name\': "Miller\'s bit"}, {\'unit price\': 3.0, \'name\': \'Union nut (select)\'}, {\'unit price\': 2.0, \'name\': \'back\\\\slash\'}, {\'unit price\': 1.5, \'name\': \'50% off*\'}]'],
    "asking.rows(s, 'tools', ['id'], sort='name:asc')":
        ['value', "[{'id': 9}, {'id': 3}, {'id': 4}, {'id': 7}, {'id': 1}, {'id': 6}, {'id': 11}, {'id': 8}, {'id': 10}, {'id': 2}, {'id': 5}, {'id': 12}]"],
    "asking.rows(s, 'tools', ['id'], sort='maker:desc nulls last, unit price')":
        ['value', "[{'id': 4}, {'id': 6}, {'id': 9}, {'id': 10}, {'id': 2}, {'id': 1}, {'id': 11}, {'id': 5}, {'id': 3}, {'id': 7}, {'id': 12}, {'id': 8}]"],
    "asking.rows(s, 'tools', ['id'], sort='shelf:ASC NULLS LAST,id:DESC')":
        ['value', "[{'id': 11}, {'id': 8}, {'id': 1}, {'id': 9}, {'id': 2}, {'id': 3}, {'id': 6}, {'id': 5}, {'id': 12}, {'id': 10}, {'id': 7}, {'id': 4}]"],
    "asking.rows(s, 'tools', ['id'], sort='shelf:desc nulls first , name: asc nulls first')":
        ['value', "[{'id': 4}, {'id': 7}, {'id': 10}, {'id': 12}, {'id': 6}, {'id': 5}, {'id': 3}, {'id': 9}, {'id': 2}, {'id': 1}, {'id': 11}, {'id': 8}]"],
    "asking.rows(s, 'tools', ['id'], sort='shelf:desc Nulls First')":
        ['value', "[{'id': 4}, {'id': 7}, {'id': 10}, {'id': 12}, {'id': 5}, {'id': 6}, {'id': 3}, {'id': 2}, {'id': 9}, {'id': 1}, {'id': 8}, {'id': 11}]"],
    "asking.rows(s, 'tools', ['id'], sort=' , name ,, ')":
        ['value', "[{'id': 9}, {'id': 3}, {'id': 4}, {'id': 7}, {'id': 1}, {'id': 6}, {'id': 11}, {'id': 8}, {'id': 10}, {'id': 2}, {'id': 5}, {'id': 12}]"],
    "asking.rows(s, 'tools', ['id'], sort='shelf:, name:desc')":
        ['value', "[{'id': 7}, {'id': 4}, {'id': 8}, {'id': 11}, {'id': 1}, {'id': 2}, {'id': 9}, {'id': 3}, {'id': 5}, {'id': 6}, {'id': 12}, {'id': 10}]"],
    "asking.rows(s, 'tools', ['id'], sort='name', page=2, size=5)":
        ['value', "[{'id': 6}, {'id': 11}, {'id': 8}, {'id': 10}, {'id': 2}]"],
    "asking.rows(s, 'tools', ['id'], sort='name', page='3', size='5')":
        ['value', "[{'id': 5}, {'id': 12}]"],
    "asking.rows(s, 'tools', ['id'], page=9)":
        ['value', '[]'],
    "asking.rows(s, 'tools', ['id'], size=-1)":
        ['value', "[{'id': 1}, {'id': 2}, {'id': 3}, {'id': 4}, {'id': 5}, {'id': 6}, {'id': 7}, {'id': 8}, {'id': 9}, {'id': 10}, {'id': 11}, {'id': 12}]"],
    "asking.rows(s, 'tools', ['id'], size='-1', page='1')":
        ['value', "[{'id': 1}, {'id': 2}, {'id': 3}, {'id': 4}, {'id': 5}, {'id': 6}, {'id': 7}, {'id': 8}, {'id': 9}, {'id': 10}, {'id': 11}, {'id': 12}]"],
    "asking.rows(s, 'parts', size=1, page=5)":
        ['value', '[{\'id\': 5, \'name\': "O\'Ring", \'group\': \'rings\', \'qty\': 40, \'shelf\': None}]'],
    "asking.rows(s, 'tools', ['id', 'id', 'shelf'], size=2)":
        ['value', "[{'id': 1, 'shelf': 'A1'}, {'id': 2, 'shelf': 'A2'}]"],
    "asking.rows(s, 'tools', [], [], '', 1, 2)":
        ['value', '[{\'id\': 1, \'name\': \'Hammer\', \'maker\': \'Estwing\', \'shelf\': \'A1\', \'unit price\': 24.5, \'size (mm)\': 7.0, "supplier\'s code": \'t8\', \'a;b -- c\': 9.0, \'größe\': None, \'select\': 0.0, \'100%\': \'t1\', \'x[1]\': 2.0, \'order\': None, \'back`tick\': 4.0, \'q?\': \'t5\', \'under_score\': 6.0, \'(code)\': None, \'union all\': 8.0, \'drop\': \'t9\', \'a/*b*/\': 10.0, \'1st\': None, \'net\\\\gross\': 1.0, \'*\': \'t2\', \'ASC\': 3.0, \'tab\\tbed\': None}, {\'id\': 2, \'name\': \'chisel\', \'maker\': \'Narex\', \'shelf\': \'A2\', \'unit price\': 12.0, \'size (mm)\': 3.0, "supplier\'s code": \'t4\', \'a;b -- c\': None, \'größe\': \'t6\', \'select\': 7.0, \'100%\': \'t8\', \'x[1]\': None, \'order\': \'t10\', \'back`tick\': 0.0, \'q?\': \'t1\', \'under_score\': None, \'(code)\': \'t3\', \'union all\': 4.0, \'drop\': \'t5\', \'a/*b*/\': None, \'1st\': \'t7\', \'net\\\\gross\': 8.0, \'*\': \'t9\', \'ASC\': None, \'tab\\tbed\': \'t0\'}]'],
    "asking.rows(s, section='parts', fields=['name'], where=[], sort='group, qty', page=1, size=3)":
        ['value', '[{\'name\': \'Felt, 500 g\'}, {\'name\': \'Felt, 50% wool\'}, {\'name\': "O\'Ring"}]'],
    "asking.rows(s, 'tools', ['id'], [('maker', 'is', 'Bosch')])":
        ['value', "[{'id': 3}, {'id': 5}, {'id': 7}]"],
    "asking.count(s, 'Tools', [['Maker', 'is', 'Bosch']])":
        ['value', '3'],
    "asking.rows(s, 'tools', ['id'], [('maker', 'not', 'Bosch')])":
        ['value', "[{'id': 1}, {'id': 2}, {'id': 4}, {'id': 6}, {'id': 9}, {'id': 10}, {'id': 11}, {'id': 12}]"],
    "asking.count(s, 'Tools', [['Maker', 'not', 'Bosch']])":
        ['value', '8'],
    "asking.rows(s, 'tools', ['id'], [('maker', '=', 'Bosch')])":
        ['value', "[{'id': 3}, {'id': 5}, {'id': 7}]"],
    "asking.count(s, 'Tools', [['Maker', '=', 'Bosch']])":
        ['value', '3'],
    "asking.rows(s, 'tools', ['id'], [('maker', '<>', 'Bosch')])":
        ['value', "[{'id': 1}, {'id': 2}, {'id': 4}, {'id': 6}, {'id': 9}, {'id': 10}, {'id': 11}, {'id': 12}]"],
    "asking.count(s, 'Tools', [['Maker', '<>', 'Bosch']])":
        ['value', '8'],
    'asking.rows(s, \'tools\', [\'id\'], [(\'maker\', \'is\', "O\'Neil")])':
        ['value', "[{'id': 6}]"],
    'asking.count(s, \'Tools\', [[\'Maker\', \'is\', "O\'Neil"]])':
        ['value', '1'],
    "asking.rows(s, 'tools', ['id'], [('maker', 'has', 'OS')])":
        ['value', "[{'id': 3}, {'id': 5}, {'id': 7}]"],
    "asking.count(s, 'Tools', [['Maker', 'has', 'OS']])":
        ['value', '3'],
    "asking.rows(s, 'tools', ['id'], [('maker', 'empty', None)])":
        ['value', "[{'id': 8}]"],
    "asking.count(s, 'Tools', [['Maker', 'empty', None]])":
        ['value', '1'],
    "asking.rows(s, 'tools', ['id'], [('maker', 'empty', 'idle')])":
        ['value', "[{'id': 8}]"],
    "asking.count(s, 'Tools', [['Maker', 'empty', 'idle']])":
        ['value', '1'],
    "asking.rows(s, 'tools', ['id'], [('maker', 'is', '')])":
        ['value', "[{'id': 12}]"],
    "asking.count(s, 'Tools', [['Maker', 'is', '']])":
        ['value', '1'],
    "asking.rows(s, 'tools', ['id'], [('maker', 'over', 'N')])":
        ['value', "[{'id': 2}, {'id': 4}, {'id': 6}, {'id': 9}, {'id': 10}]"],
    "asking.count(s, 'Tools', [['Maker', 'over', 'N']])":
        ['value', '5'],
    "asking.rows(s, 'tools', ['id'], [('maker', 'at most', 'Narex')])":
        ['value', "[{'id': 1}, {'id': 2}, {'id': 3}, {'id': 5}, {'id': 7}, {'id': 9}, {'id': 10}, {'id': 11}, {'id': 12}]"],
    "asking.count(s, 'Tools', [['Maker', 'at most', 'Narex']])":
        ['value', '9'],
    "asking.rows(s, 'tools', ['id'], [('maker', '>=', 'Narex')])":
        ['value', "[{'id': 2}, {'id': 4}, {'id': 6}, {'id': 9}, {'id': 10}]"],
    "asking.count(s, 'Tools', [['Maker', '>=', 'Narex']])":
        ['value', '5'],
    "asking.rows(s, 'tools', ['id'], [('maker', 'under', 'C')])":
        ['value', "[{'id': 3}, {'id': 5}, {'id': 7}, {'id': 12}]"],
    "asking.count(s, 'Tools', [['Maker', 'under', 'C']])":
        ['value', '4'],
    "asking.rows(s, 'tools', ['id'], [('maker', '<', 'C')])":
        ['value', "[{'id': 3}, {'id': 5}, {'id': 7}, {'id': 12}]"],
    "asking.count(s, 'Tools', [['Maker', '<', 'C']])":
        ['value', '4'],
    "asking.rows(s, 'tools', ['id'], [('maker', 'is', 'bosch')])":
        ['value', '[]'],
    "asking.count(s, 'Tools', [['Maker', 'is', 'bosch']])":
        ['value', '0'],
    'asking.rows(s, \'tools\', [\'id\'], [(\'maker\', \'has\', "\'")])':
        ['value', "[{'id': 6}]"],
    'asking.count(s, \'Tools\', [[\'Maker\', \'has\', "\'"]])':
        ['value', '1'],
    "asking.rows(s, 'tools', ['id'], [('maker', 'has', '%')])":
        ['value', '[]'],
    "asking.count(s, 'Tools', [['Maker', 'has', '%']])":
        ['value', '0'],
    "asking.rows(s, 'tools', ['name'], [('unit price', 'under', 30)], 'name')":
        ['value', '[{\'name\': \'50% off*\'}, {\'name\': \'Hammer\'}, {\'name\': "Miller\'s bit"}, {\'name\': \'Union nut (select)\'}, {\'name\': \'back\\\\slash\'}, {\'name\': \'chisel\'}]'],
    "asking.rows(s, 'tools', ['name'], [('unit price', 'over', 30.0)], 'name')":
        ['value', '[{\'name\': \'Drill\'}, {\'name\': \'Drill press\'}, {\'name\': \'Drop saw; 12" -- used\'}, {\'name\': \'Säge\'}, {\'name\': \'saw_fine\'}]'],
    "asking.rows(s, 'tools', ['name'], [('unit price', 'at least', 31)], 'name')":
        ['value', '[{\'name\': \'Drill\'}, {\'name\': \'Drill press\'}, {\'name\': \'Drop saw; 12" -- used\'}, {\'name\': \'Säge\'}, {\'name\': \'saw_fine\'}]'],
    "asking.rows(s, 'tools', ['name'], [('unit price', 'at most', 31)], 'name')":
        ['value', '[{\'name\': \'50% off*\'}, {\'name\': \'Hammer\'}, {\'name\': "Miller\'s bit"}, {\'name\': \'Union nut (select)\'}, {\'name\': \'back\\\\slash\'}, {\'name\': \'chisel\'}, {\'name\': \'saw_fine\'}, {\'name\': \'sawsfine\'}]'],
    "asking.rows(s, 'tools', ['name'], [('unit price', '<=', 7.25)], 'name')":
        ['value', '[{\'name\': \'50% off*\'}, {\'name\': "Miller\'s bit"}, {\'name\': \'Union nut (select)\'}, {\'name\': \'back\\\\slash\'}]'],
    "asking.rows(s, 'tools', ['name'], [('unit price', '>', 180)], 'name')":
        ['value', "[{'name': 'Drill press'}]"],
    "asking.rows(s, 'tools', ['name'], [('unit price', 'is', 12)], 'name')":
        ['value', "[{'name': 'chisel'}]"],
    "asking.rows(s, 'tools', ['name'], [('unit price', 'not', 12)], 'name')":
        ['value', '[{\'name\': \'50% off*\'}, {\'name\': \'Drill\'}, {\'name\': \'Drill press\'}, {\'name\': \'Drop saw; 12" -- used\'}, {\'name\': \'Hammer\'}, {\'name\': "Miller\'s bit"}, {\'name\': \'Säge\'}, {\'name\': \'Union nut (select)\'}, {\'name\': \'back\\\\slash\'}, {\'name\': \'saw_fine\'}, {\'name\': \'sawsfine\'}]'],
    "asking.rows(s, 'tools', ['name'], [('unit price', 'is', '12')], 'name')":
        ['value', "[{'name': 'chisel'}]"],
    "asking.rows(s, 'tools', ['name'], [('unit price', 'over', '100')], 'name')":
        ['value', '[{\'name\': \'Drill press\'}, {\'name\': \'Drop saw; 12" -- used\'}]'],
    "asking.rows(s, 'tools', ['id'], [('maker', 'is', 'Bosch'), ('shelf', 'empty', 0), ('unit price', 'over', 1)])":
        ['value', "[{'id': 7}]"],
    "asking.count(s, 'tools')":
        ['value', '12'],
    "asking.count(s, 'loans')":
        ['value', '3'],
    "asking.count(s, 'parts', [('qty', 'at least', 40)])":
        ['value', '3'],
    "asking.pages(s, 'tools')":
        ['value', '1'],
    "asking.pages(s, 'tools', size='5')":
        ['value', '3'],
    "asking.pages(s, 'parts', [('group', 'is', 'none')])":
        ['value', '1'],
    "asking.pages(s, 'tools', size=-1)":
        ['value', '1'],
    "asking.pages(s, 'tools', [('maker', 'is', 'Bosch')], 2)":
        ['value', '2'],
    "asking.pages(s, 'tools', size=0)":
        ['value', '1'],
    "[each['id'] for each in asking.search(s, 'tools', 'drill')]":
        ['value', '[3, 4]'],
    "[each['id'] for each in asking.search(s, 'tools', 'DRILL')]":
        ['value', '[3, 4]'],
    "[each['id'] for each in asking.search(s, 'tools', 'saw_')]":
        ['value', '[5]'],
    "[each['id'] for each in asking.search(s, 'tools', 'saw*fine')]":
        ['value', '[5, 12]'],
    "[each['id'] for each in asking.search(s, 'tools', '50%')]":
        ['value', '[9]'],
    "[each['id'] for each in asking.search(s, 'tools', '%')]":
        ['value', '[9]'],
    "[each['id'] for each in asking.search(s, 'tools', '_')]":
        ['value', '[5]'],
    "[each['id'] for each in asking.search(s, 'tools', '\\\\')]":
        ['value', '[10]'],
    "[each['id'] for each in asking.search(s, 'tools', '*')]":
        ['value', '[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]'],
    "[each['id'] for each in asking.search(s, 'tools', '')]":
        ['value', '[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]'],
    '[each[\'id\'] for each in asking.search(s, \'tools\', \'; 12"\')]':
        ['value', '[7]'],
    "[each['id'] for each in asking.search(s, 'tools', '--')]":
        ['value', '[7]'],
    "[each['id'] for each in asking.search(s, 'tools', 'union')]":
        ['value', '[8]'],
    "[each['id'] for each in asking.search(s, 'tools', '(select)')]":
        ['value', '[8]'],
    "[each['id'] for each in asking.search(s, 'tools', 'drop saw')]":
        ['value', '[7]'],
    "[each['id'] for each in asking.search(s, 'tools', 'b*t')]":
        ['value', '[6]'],
    "[each['id'] for each in asking.search(s, 'tools', 'r p')]":
        ['value', '[]'],
    "[each['id'] for each in asking.search(s, 'tools', 'Sä')]":
        ['value', '[11]'],
    "[each['id'] for each in asking.search(s, 'tools', 'zz')]":
        ['value', '[]'],
    "[each['id'] for each in asking.search(s, 'tools', 'off*')]":
        ['value', '[9]'],
    "[each['id'] for each in asking.search(s, 'tools', '5*0')]":
        ['value', '[9]'],
    '[each[\'id\'] for each in asking.search(s, \'tools\', \'"\')]':
        ['value', '[7]'],
    "[each['id'] for each in asking.search(s, 'tools', '*saw')]":
        ['value', '[5, 7, 12]'],
    "[each['id'] for each in asking.search(s, 'tools', 'select')]":
        ['value', '[8]'],
    "[each['id'] for each in asking.search(s, 'tools', 'slash')]":
        ['value', '[10]'],
    "asking.search(s, 'parts', '50% wool')":
        ['value', "[{'id': 3, 'name': 'Felt, 50% wool', 'group': 'felt', 'qty': 12, 'shelf': 'C2'}]"],
    "asking.search(s, 'parts', 'c1', ['shelf', 'group'])":
        ['value', "[{'id': 1, 'name': 'Screw 4x40', 'group': 'screws', 'qty': 800, 'shelf': 'C1'}, {'id': 2, 'name': 'Screw 5x60', 'group': 'screws', 'qty': 250, 'shelf': 'C1'}]"],
    "asking.search(s, 'tools', 'bo', ('maker', 'Shelf'), '2')":
        ['value', '[{\'id\': 3, \'name\': \'Drill\', \'maker\': \'Bosch\', \'shelf\': \'B1\', \'unit price\': 89.0, \'size (mm)\': 10.0, "supplier\'s code": None, \'a;b -- c\': 1.0, \'größe\': \'t2\', \'select\': 3.0, \'100%\': None, \'x[1]\': 5.0, \'order\': \'t6\', \'back`tick\': 7.0, \'q?\': None, \'under_score\': 9.0, \'(code)\': \'t10\', \'union all\': 0.0, \'drop\': None, \'a/*b*/\': 2.0, \'1st\': \'t3\', \'net\\\\gross\': 4.0, \'*\': None, \'ASC\': 6.0, \'tab\\tbed\': \'t7\'}, {\'id\': 5, \'name\': \'saw_fine\', \'maker\': \'Bosch\', \'shelf\': \'B2\', \'unit price\': 31.0, \'size (mm)\': 2.0, "supplier\'s code": \'t3\', \'a;b -- c\': 4.0, \'größe\': None, \'select\': 6.0, \'100%\': \'t7\', \'x[1]\': 8.0, \'order\': None, \'back`tick\': 10.0, \'q?\': \'t0\', \'under_score\': 1.0, \'(code)\': None, \'union all\': 3.0, \'drop\': \'t4\', \'a/*b*/\': 5.0, \'1st\': None, \'net\\\\gross\': 7.0, \'*\': \'t8\', \'ASC\': 9.0, \'tab\\tbed\': None}]'],
    "asking.search(s, 'Tools', 'b', limit=1, fields=['MAKER'])":
        ['value', '[{\'id\': 3, \'name\': \'Drill\', \'maker\': \'Bosch\', \'shelf\': \'B1\', \'unit price\': 89.0, \'size (mm)\': 10.0, "supplier\'s code": None, \'a;b -- c\': 1.0, \'größe\': \'t2\', \'select\': 3.0, \'100%\': None, \'x[1]\': 5.0, \'order\': \'t6\', \'back`tick\': 7.0, \'q?\': None, \'under_score\': 9.0, \'(code)\': \'t10\', \'union all\': 0.0, \'drop\': None, \'a/*b*/\': 2.0, \'1st\': \'t3\', \'net\\\\gross\': 4.0, \'*\': None, \'ASC\': 6.0, \'tab\\tbed\': \'t7\'}]'],
    "asking.search(s, 'loans', '2026-01', ['since'])":
        ['value', "[{'id': 1, 'tool': 3, 'member': 'ada', 'since': '2026-01-02', 'due': '2026-01-16'}, {'id': 2, 'tool': 5, 'member': 'ben', 'since': '2026-01-05', 'due': '2026-01-19'}]"],
    "asking.search(s, 'parts', 'felt', limit='-1')":
        ['value', "[{'id': 3, 'name': 'Felt, 50% wool', 'group': 'felt', 'qty': 12, 'shelf': 'C2'}, {'id': 4, 'name': 'Felt, 500 g', 'group': 'felt', 'qty': 3, 'shelf': None}]"],
    "asking.search(s, 'tools', 'a', ['name', 'maker'], limit=-1)[-1]['id']":
        ['value', '12'],
    "asking.rows(s, 'tools', ['id', 'size (mm)'], sort='size (mm):desc, id')":
        ['value', "[{'id': 3, 'size (mm)': 10.0}, {'id': 6, 'size (mm)': 9.0}, {'id': 9, 'size (mm)': 8.0}, {'id': 1, 'size (mm)': 7.0}, {'id': 7, 'size (mm)': 5.0}, {'id': 10, 'size (mm)': 4.0}, {'id': 2, 'size (mm)': 3.0}, {'id': 5, 'size (mm)': 2.0}, {'id': 11, 'size (mm)': 0.0}, {'id': 4, 'size (mm)': None}, {'id': 8, 'size (mm)': None}, {'id': 12, 'size (mm)': None}]"],
    "asking.count(s, 'tools', [('size (mm)', 'empty', '')])":
        ['value', '3'],
    "asking.rows(s, 'tools', ['SIZE (MM)'], sort='id', size=3)":
        ['value', "[{'size (mm)': 7.0}, {'size (mm)': 3.0}, {'size (mm)': 10.0}]"],
    "asking.facets(s, 'tools', 'SIZE (MM)')":
        ['value', '[(None, 3), (0.0, 1), (2.0, 1), (3.0, 1), (4.0, 1), (5.0, 1), (7.0, 1), (8.0, 1), (9.0, 1), (10.0, 1)]'],
    "asking.totals(s, 'tools', 'size (mm)', 'max')":
        ['value', '10.0'],
    "asking.totals(s, 'tools', 'id', 'count', 'size (mm)')":
        ['value', '{None: 3, 0.0: 1, 2.0: 1, 3.0: 1, 4.0: 1, 5.0: 1, 7.0: 1, 8.0: 1, 9.0: 1, 10.0: 1}'],
    "desk.export(s, 'tools', ['size (mm)', 'name'], 'SIZE (MM):asc, name')":
        ['value', '\'size (mm),name\\n,Drill press\\n,Union nut (select)\\n,sawsfine\\n0.0,Säge\\n2.0,saw_fine\\n3.0,chisel\\n4.0,back\\\\slash\\n5.0,"Drop saw; 12"" -- used"\\n7.0,Hammer\\n8.0,50% off*\\n9.0,Miller\\\'s bit\\n10.0,Drill\\n\''],
    "[each['id'] for each in asking.search(s, 'tools', '1', ['size (mm)'])]":
        ['value', '[3]'],
    "asking.rows(s, 'tools', ['id'], where=[('SIZE (MM)', 'has', 'T1'), ('size (mm)', 'not', '')])":
        ['value', '[]'],
    'asking.rows(s, \'tools\', [\'id\', "supplier\'s code"], sort="supplier\'s code:desc, id")':
        ['value', '[{\'id\': 9, "supplier\'s code": \'t9\'}, {\'id\': 1, "supplier\'s code": \'t8\'}, {\'id\': 12, "supplier\'s code": \'t8\'}, {\'id\': 4, "supplier\'s code": \'t7\'}, {\'id\': 10, "supplier\'s code": \'t5\'}, {\'id\': 2, "supplier\'s code": \'t4\'}, {\'id\': 5, "supplier\'s code": \'t3\'}, {\'id\': 8, "supplier\'s code": \'t2\'}, {\'id\': 6, "supplier\'s code": \'t10\'}, {\'id\': 3, "supplier\'s code": None}, {\'id\': 7, "supplier\'s code": None}, {\'id\': 11, "supplier\'s code": None}]'],
    'asking.count(s, \'tools\', [("supplier\'s code", \'empty\', \'\')])':
        ['value', '3'],
    'asking.rows(s, \'tools\', ["SUPPLIER\'S CODE"], sort=\'id\', size=3)':
        ['value', '[{"supplier\'s code": \'t8\'}, {"supplier\'s code": \'t4\'}, {"supplier\'s code": None}]'],
    'asking.facets(s, \'tools\', "SUPPLIER\'S CODE")':
        ['value', "[(None, 3), ('t8', 2), ('t10', 1), ('t2', 1), ('t3', 1), ('t4', 1), ('t5', 1), ('t7', 1), ('t9', 1)]"],
    'asking.totals(s, \'tools\', "supplier\'s code", \'max\')':
        ['value', "'t9'"],
    'asking.totals(s, \'tools\', \'id\', \'count\', "supplier\'s code")':
        ['value', "{None: 3, 't10': 1, 't2': 1, 't3': 1, 't4': 1, 't5': 1, 't7': 1, 't8': 2, 't9': 1}"],
    'desk.export(s, \'tools\', ["supplier\'s code", \'name\'], "SUPPLIER\'S CODE:asc, name")':
        ['value', '\'supplier\\\'s code,name\\n,Drill\\n,"Drop saw; 12"" -- used"\\n,Säge\\nt10,Miller\\\'s bit\\nt2,Union nut (select)\\nt3,saw_fine\\nt4,chisel\\nt5,back\\\\slash\\nt7,Drill press\\nt8,Hammer\\nt8,sawsfine\\nt9,50% off*\\n\''],
    '[each[\'id\'] for each in asking.search(s, \'tools\', \'1\', ["supplier\'s code"])]':
        ['value', '[6]'],
    'asking.rows(s, \'tools\', [\'id\'], where=[("SUPPLIER\'S CODE", \'has\', \'T1\'), ("supplier\'s code", \'not\', \'\')])':
        ['value', "[{'id': 6}]"],
    "asking.rows(s, 'tools', ['id', 'a;b -- c'], sort='a;b -- c:desc, id')":
        ['value', "[{'id': 9, 'a;b -- c': 10.0}, {'id': 1, 'a;b -- c': 9.0}, {'id': 12, 'a;b -- c': 9.0}, {'id': 4, 'a;b -- c': 8.0}, {'id': 7, 'a;b -- c': 7.0}, {'id': 5, 'a;b -- c': 4.0}, {'id': 8, 'a;b -- c': 3.0}, {'id': 11, 'a;b -- c': 2.0}, {'id': 3, 'a;b -- c': 1.0}, {'id': 2, 'a;b -- c': None}, {'id': 6, 'a;b -- c': None}, {'id': 10, 'a;b -- c': None}]"],
    "asking.count(s, 'tools', [('a;b -- c', 'empty', '')])":
        ['value', '3'],
    "asking.rows(s, 'tools', ['A;B -- C'], sort='id', size=3)":
        ['value', "[{'a;b -- c': 9.0}, {'a;b -- c': None}, {'a;b -- c': 1.0}]"],
    "asking.facets(s, 'tools', 'A;B -- C')":
        ['value', '[(None, 3), (9.0, 2), (1.0, 1), (2.0, 1), (3.0, 1), (4.0, 1), (7.0, 1), (8.0, 1), (10.0, 1)]'],
    "asking.totals(s, 'tools', 'a;b -- c', 'max')":
        ['value', '10.0'],
    "asking.totals(s, 'tools', 'id', 'count', 'a;b -- c')":
        ['value', '{None: 3, 1.0: 1, 2.0: 1, 3.0: 1, 4.0: 1, 7.0: 1, 8.0: 1, 9.0: 2, 10.0: 1}'],
    "desk.export(s, 'tools', ['a;b -- c', 'name'], 'A;B -- C:asc, name')":
        ['value', '\'a;b -- c,name\\n,Miller\\\'s bit\\n,back\\\\slash\\n,chisel\\n1.0,Drill\\n2.0,Säge\\n3.0,Union nut (select)\\n4.0,saw_fine\\n7.0,"Drop saw; 12"" -- used"\\n8.0,Drill press\\n9.0,Hammer\\n9.0,sawsfine\\n10.0,50% off*\\n\''],
    "[each['id'] for each in asking.search(s, 'tools', '1', ['a;b -- c'])]":
        ['value', '[3, 9]'],
    "asking.rows(s, 'tools', ['id'], where=[('A;B -- C', 'has', 'T1'), ('a;b -- c', 'not', '')])":
        ['value', '[]'],
    "asking.rows(s, 'tools', ['id', 'größe'], sort='größe:desc, id')":
        ['value', "[{'id': 4, 'größe': 't9'}, {'id': 7, 'größe': 't8'}, {'id': 10, 'größe': 't7'}, {'id': 2, 'größe': 't6'}, {'id': 8, 'größe': 't4'}, {'id': 11, 'größe': 't3'}, {'id': 3, 'größe': 't2'}, {'id': 12, 'größe': 't10'}, {'id': 6, 'größe': 't1'}, {'id': 1, 'größe': None}, {'id': 5, 'größe': None}, {'id': 9, 'größe': None}]"],
    "asking.count(s, 'tools', [('größe', 'empty', '')])":
        ['value', '3'],
    "asking.rows(s, 'tools', ['größe'], sort='id', size=3)":
        ['value', "[{'größe': None}, {'größe': 't6'}, {'größe': 't2'}]"],
    "asking.facets(s, 'tools', 'größe')":
        ['value', "[(None, 3), ('t1', 1), ('t10', 1), ('t2', 1), ('t3', 1), ('t4', 1), ('t6', 1), ('t7', 1), ('t8', 1), ('t9', 1)]"],
    "asking.totals(s, 'tools', 'größe', 'max')":
        ['value', "'t9'"],
    "asking.totals(s, 'tools', 'id', 'count', 'größe')":
        ['value', "{None: 3, 't1': 1, 't10': 1, 't2': 1, 't3': 1, 't4': 1, 't6': 1, 't7': 1, 't8': 1, 't9': 1}"],
    "desk.export(s, 'tools', ['größe', 'name'], 'größe:asc, name')":
        ['value', '\'größe,name\\n,50% off*\\n,Hammer\\n,saw_fine\\nt1,Miller\\\'s bit\\nt10,sawsfine\\nt2,Drill\\nt3,Säge\\nt4,Union nut (select)\\nt6,chisel\\nt7,back\\\\slash\\nt8,"Drop saw; 12"" -- used"\\nt9,Drill press\\n\''],
    "[each['id'] for each in asking.search(s, 'tools', '1', ['größe'])]":
        ['value', '[6, 12]'],
    "asking.rows(s, 'tools', ['id'], where=[('größe', 'has', 'T1'), ('größe', 'not', '')])":
        ['value', "[{'id': 6}, {'id': 12}]"],
    "asking.rows(s, 'tools', ['id', 'select'], sort='select:desc, id')":
        ['value', "[{'id': 7, 'select': 9.0}, {'id': 10, 'select': 8.0}, {'id': 2, 'select': 7.0}, {'id': 5, 'select': 6.0}, {'id': 11, 'select': 4.0}, {'id': 3, 'select': 3.0}, {'id': 6, 'select': 2.0}, {'id': 9, 'select': 1.0}, {'id': 1, 'select': 0.0}, {'id': 4, 'select': None}, {'id': 8, 'select': None}, {'id': 12, 'select': None}]"],
    "asking.count(s, 'tools', [('select', 'empty', '')])":
        ['value', '3'],
    "asking.rows(s, 'tools', ['SELECT'], sort='id', size=3)":
        ['value', "[{'select': 0.0}, {'select': 7.0}, {'select': 3.0}]"],
    "asking.facets(s, 'tools', 'SELECT')":
        ['value', '[(None, 3), (0.0, 1), (1.0, 1), (2.0, 1), (3.0, 1), (4.0, 1), (6.0, 1), (7.0, 1), (8.0, 1), (9.0, 1)]'],
    "asking.totals(s, 'tools', 'select', 'max')":
        ['value', '9.0'],
    "asking.totals(s, 'tools', 'id', 'count', 'select')":
        ['value', '{None: 3, 0.0: 1, 1.0: 1, 2.0: 1, 3.0: 1, 4.0: 1, 6.0: 1, 7.0: 1, 8.0: 1, 9.0: 1}'],
    "desk.export(s, 'tools', ['select', 'name'], 'SELECT:asc, name')":
        ['value', '\'select,name\\n,Drill press\\n,Union nut (select)\\n,sawsfine\\n0.0,Hammer\\n1.0,50% off*\\n2.0,Miller\\\'s bit\\n3.0,Drill\\n4.0,Säge\\n6.0,saw_fine\\n7.0,chisel\\n8.0,back\\\\slash\\n9.0,"Drop saw; 12"" -- used"\\n\''],
    "[each['id'] for each in asking.search(s, 'tools', '1', ['select'])]":
        ['value', '[9]'],
    "asking.rows(s, 'tools', ['id'], where=[('SELECT', 'has', 'T1'), ('select', 'not', '')])":
        ['value', '[]'],
    "asking.rows(s, 'tools', ['id', '100%'], sort='100%:desc, id')":
        ['value', "[{'id': 10, '100%': 't9'}, {'id': 2, '100%': 't8'}, {'id': 5, '100%': 't7'}, {'id': 8, '100%': 't6'}, {'id': 6, '100%': 't3'}, {'id': 9, '100%': 't2'}, {'id': 1, '100%': 't1'}, {'id': 12, '100%': 't1'}, {'id': 4, '100%': 't0'}, {'id': 3, '100%': None}, {'id': 7, '100%': None}, {'id': 11, '100%': None}]"],
    "asking.count(s, 'tools', [('100%', 'empty', '')])":
        ['value', '3'],
    "asking.rows(s, 'tools', ['100%'], sort='id', size=3)":
        ['value', "[{'100%': 't1'}, {'100%': 't8'}, {'100%': None}]"],
    "asking.facets(s, 'tools', '100%')":
        ['value', "[(None, 3), ('t1', 2), ('t0', 1), ('t2', 1), ('t3', 1), ('t6', 1), ('t7', 1), ('t8', 1), ('t9', 1)]"],
    "asking.totals(s, 'tools', '100%', 'max')":
        ['value', "'t9'"],
    "asking.totals(s, 'tools', 'id', 'count', '100%')":
        ['value', "{None: 3, 't0': 1, 't1': 2, 't2': 1, 't3': 1, 't6': 1, 't7': 1, 't8': 1, 't9': 1}"],
    "desk.export(s, 'tools', ['100%', 'name'], '100%:asc, name')":
        ['value', '\'100%,name\\n,Drill\\n,"Drop saw; 12"" -- used"\\n,Säge\\nt0,Drill press\\nt1,Hammer\\nt1,sawsfine\\nt2,50% off*\\nt3,Miller\\\'s bit\\nt6,Union nut (select)\\nt7,saw_fine\\nt8,chisel\\nt9,back\\\\slash\\n\''],
    "[each['id'] for each in asking.search(s, 'tools', '1', ['100%'])]":
        ['value', '[1, 12]'],
    "asking.rows(s, 'tools', ['id'], where=[('100%', 'has', 'T1'), ('100%', 'not', '')])":
        ['value', "[{'id': 1}, {'id': 12}]"],
    "asking.rows(s, 'tools', ['id', 'x[1]'], sort='x[1]:desc, id')":
        ['value', "[{'id': 5, 'x[1]': 8.0}, {'id': 8, 'x[1]': 7.0}, {'id': 11, 'x[1]': 6.0}, {'id': 3, 'x[1]': 5.0}, {'id': 9, 'x[1]': 3.0}, {'id': 1, 'x[1]': 2.0}, {'id': 12, 'x[1]': 2.0}, {'id': 4, 'x[1]': 1.0}, {'id': 7, 'x[1]': 0.0}, {'id': 2, 'x[1]': None}, {'id': 6, 'x[1]': None}, {'id': 10, 'x[1]': None}]"],
    "asking.count(s, 'tools', [('x[1]', 'empty', '')])":
        ['value', '3'],
    "asking.rows(s, 'tools', ['X[1]'], sort='id', size=3)":
        ['value', "[{'x[1]': 2.0}, {'x[1]': None}, {'x[1]': 5.0}]"],
    "asking.facets(s, 'tools', 'X[1]')":
        ['value', '[(None, 3), (2.0, 2), (0.0, 1), (1.0, 1), (3.0, 1), (5.0, 1), (6.0, 1), (7.0, 1), (8.0, 1)]'],
    "asking.totals(s, 'tools', 'x[1]', 'max')":
        ['value', '8.0'],
    "asking.totals(s, 'tools', 'id', 'count', 'x[1]')":
        ['value', '{None: 3, 0.0: 1, 1.0: 1, 2.0: 2, 3.0: 1, 5.0: 1, 6.0: 1, 7.0: 1, 8.0: 1}'],
    "desk.export(s, 'tools', ['x[1]', 'name'], 'X[1]:asc, name')":
        ['value', '\'x[1],name\\n,Miller\\\'s bit\\n,back\\\\slash\\n,chisel\\n0.0,"Drop saw; 12"" -- used"\\n1.0,Drill press\\n2.0,Hammer\\n2.0,sawsfine\\n3.0,50% off*\\n5.0,Drill\\n6.0,Säge\\n7.0,Union nut (select)\\n8.0,saw_fine\\n\''],
    "[each['id'] for each in asking.search(s, 'tools', '1', ['x[1]'])]":
        ['value', '[4]'],
    "asking.rows(s, 'tools', ['id'], where=[('X[1]', 'has', 'T1'), ('x[1]', 'not', '')])":
        ['value', '[]'],
    "asking.rows(s, 'tools', ['id', 'order'], sort='order:desc, id')":
        ['value', "[{'id': 8, 'order': 't8'}, {'id': 11, 'order': 't7'}, {'id': 3, 'order': 't6'}, {'id': 6, 'order': 't5'}, {'id': 12, 'order': 't3'}, {'id': 4, 'order': 't2'}, {'id': 2, 'order': 't10'}, {'id': 7, 'order': 't1'}, {'id': 10, 'order': 't0'}, {'id': 1, 'order': None}, {'id': 5, 'order': None}, {'id': 9, 'order': None}]"],
    "asking.count(s, 'tools', [('order', 'empty', '')])":
        ['value', '3'],
    "asking.rows(s, 'tools', ['ORDER'], sort='id', size=3)":
        ['value', "[{'order': None}, {'order': 't10'}, {'order': 't6'}]"],
    "asking.facets(s, 'tools', 'ORDER')":
        ['value', "[(None, 3), ('t0', 1), ('t1', 1), ('t10', 1), ('t2', 1), ('t3', 1), ('t5', 1), ('t6', 1), ('t7', 1), ('t8', 1)]"],
    "asking.totals(s, 'tools', 'order', 'max')":
        ['value', "'t8'"],
    "asking.totals(s, 'tools', 'id', 'count', 'order')":
        ['value', "{None: 3, 't0': 1, 't1': 1, 't10': 1, 't2': 1, 't3': 1, 't5': 1, 't6': 1, 't7': 1, 't8': 1}"],
    "desk.export(s, 'tools', ['order', 'name'], 'ORDER:asc, name')":
        ['value', '\'order,name\\n,50% off*\\n,Hammer\\n,saw_fine\\nt0,back\\\\slash\\nt1,"Drop saw; 12"" -- used"\\nt10,chisel\\nt2,Drill press\\nt3,sawsfine\\nt5,Miller\\\'s bit\\nt6,Drill\\nt7,Säge\\nt8,Union nut (select)\\n\''],
    "[each['id'] for each in asking.search(s, 'tools', '1', ['order'])]":
        ['value', '[2, 7]'],
    "asking.rows(s, 'tools', ['id'], where=[('ORDER', 'has', 'T1'), ('order', 'not', '')])":
        ['value', "[{'id': 2}, {'id': 7}]"],
    "asking.rows(s, 'tools', ['id', 'back`tick'], sort='back`tick:desc, id')":
        ['value', "[{'id': 5, 'back`tick': 10.0}, {'id': 11, 'back`tick': 8.0}, {'id': 3, 'back`tick': 7.0}, {'id': 6, 'back`tick': 6.0}, {'id': 9, 'back`tick': 5.0}, {'id': 1, 'back`tick': 4.0}, {'id': 7, 'back`tick': 2.0}, {'id': 10, 'back`tick': 1.0}, {'id': 2, 'back`tick': 0.0}, {'id': 4, 'back`tick': None}, {'id': 8, 'back`tick': None}, {'id': 12, 'back`tick': None}]"],
    "asking.count(s, 'tools', [('back`tick', 'empty', '')])":
        ['value', '3'],
    "asking.rows(s, 'tools', ['BACK`TICK'], sort='id', size=3)":
        ['value', "[{'back`tick': 4.0}, {'back`tick': 0.0}, {'back`tick': 7.0}]"],
    "asking.facets(s, 'tools', 'BACK`TICK')":
        ['value', '[(None, 3), (0.0, 1), (1.0, 1), (2.0, 1), (4.0, 1), (5.0, 1), (6.0, 1), (7.0, 1), (8.0, 1), (10.0, 1)]'],
    "asking.totals(s, 'tools', 'back`tick', 'max')":
        ['value', '10.0'],
    "asking.totals(s, 'tools', 'id', 'count', 'back`tick')":
        ['value', '{None: 3, 0.0: 1, 1.0: 1, 2.0: 1, 4.0: 1, 5.0: 1, 6.0: 1, 7.0: 1, 8.0: 1, 10.0: 1}'],
    "desk.export(s, 'tools', ['back`tick', 'name'], 'BACK`TICK:asc, name')":
        ['value', '\'back`tick,name\\n,Drill press\\n,Union nut (select)\\n,sawsfine\\n0.0,chisel\\n1.0,back\\\\slash\\n2.0,"Drop saw; 12"" -- used"\\n4.0,Hammer\\n5.0,50% off*\\n6.0,Miller\\\'s bit\\n7.0,Drill\\n8.0,Säge\\n10.0,saw_fine\\n\''],
    "[each['id'] for each in asking.search(s, 'tools', '1', ['back`tick'])]":
        ['value', '[5, 10]'],
    "asking.rows(s, 'tools', ['id'], where=[('BACK`TICK', 'has', 'T1'), ('back`tick', 'not', '')])":
        ['value', '[]'],
    "asking.rows(s, 'tools', ['id', 'q?'], sort='q?:desc, id')":
        ['value', "[{'id': 6, 'q?': 't7'}, {'id': 9, 'q?': 't6'}, {'id': 1, 'q?': 't5'}, {'id': 12, 'q?': 't5'}, {'id': 4, 'q?': 't4'}, {'id': 10, 'q?': 't2'}, {'id': 8, 'q?': 't10'}, {'id': 2, 'q?': 't1'}, {'id': 5, 'q?': 't0'}, {'id': 3, 'q?': None}, {'id': 7, 'q?': None}, {'id': 11, 'q?': None}]"],
    "asking.count(s, 'tools', [('q?', 'empty', '')])":
        ['value', '3'],
    "asking.rows(s, 'tools', ['Q?'], sort='id', size=3)":
        ['value', "[{'q?': 't5'}, {'q?': 't1'}, {'q?': None}]"],
    "asking.facets(s, 'tools', 'Q?')":
        ['value', "[(None, 3), ('t5', 2), ('t0', 1), ('t1', 1), ('t10', 1), ('t2', 1), ('t4', 1), ('t6', 1), ('t7', 1)]"],
    "asking.totals(s, 'tools', 'q?', 'max')":
        ['value', "'t7'"],
    "asking.totals(s, 'tools', 'id', 'count', 'q?')":
        ['value', "{None: 3, 't0': 1, 't1': 1, 't10': 1, 't2': 1, 't4': 1, 't5': 2, 't6': 1, 't7': 1}"],
    "desk.export(s, 'tools', ['q?', 'name'], 'Q?:asc, name')":
        ['value', '\'q?,name\\n,Drill\\n,"Drop saw; 12"" -- used"\\n,Säge\\nt0,saw_fine\\nt1,chisel\\nt10,Union nut (select)\\nt2,back\\\\slash\\nt4,Drill press\\nt5,Hammer\\nt5,sawsfine\\nt6,50% off*\\nt7,Miller\\\'s bit\\n\''],
    "[each['id'] for each in asking.search(s, 'tools', '1', ['q?'])]":
        ['value', '[2, 8]'],
    "asking.rows(s, 'tools', ['id'], where=[('Q?', 'has', 'T1'), ('q?', 'not', '')])":
        ['value', "[{'id': 2}, {'id': 8}]"],
    "asking.rows(s, 'tools', ['id', 'under_score'], sort='under_score:desc, id')":
        ['value', "[{'id': 11, 'under_score': 10.0}, {'id': 3, 'under_score': 9.0}, {'id': 9, 'under_score': 7.0}, {'id': 1, 'under_score': 6.0}, {'id': 12, 'under_score': 6.0}, {'id': 4, 'under_score': 5.0}, {'id': 7, 'under_score': 4.0}, {'id': 5, 'under_score': 1.0}, {'id': 8, 'under_score': 0.0}, {'id': 2, 'under_score': None}, {'id': 6, 'under_score': None}, {'id': 10, 'under_score': None}]"],
    "asking.count(s, 'tools', [('under_score', 'empty', '')])":
        ['value', '3'],
    "asking.rows(s, 'tools', ['UNDER_SCORE'], sort='id', size=3)":
        ['value', "[{'under_score': 6.0}, {'under_score': None}, {'under_score': 9.0}]"],
    "asking.facets(s, 'tools', 'UNDER_SCORE')":
        ['value', '[(None, 3), (6.0, 2), (0.0, 1), (1.0, 1), (4.0, 1), (5.0, 1), (7.0, 1), (9.0, 1), (10.0, 1)]'],
    "asking.totals(s, 'tools', 'under_score', 'max')":
        ['value', '10.0'],
    "asking.totals(s, 'tools', 'id', 'count', 'under_score')":
        ['value', '{None: 3, 0.0: 1, 1.0: 1, 4.0: 1, 5.0: 1, 6.0: 2, 7.0: 1, 9.0: 1, 10.0: 1}'],
    "desk.export(s, 'tools', ['under_score', 'name'], 'UNDER_SCORE:asc, name')":
        ['value', '\'under_score,name\\n,Miller\\\'s bit\\n,back\\\\slash\\n,chisel\\n0.0,Union nut (select)\\n1.0,saw_fine\\n4.0,"Drop saw; 12"" -- used"\\n5.0,Drill press\\n6.0,Hammer\\n6.0,sawsfine\\n7.0,50% off*\\n9.0,Drill\\n10.0,Säge\\n\''],
    "[each['id'] for each in asking.search(s, 'tools', '1', ['under_score'])]":
        ['value', '[5, 11]'],
    "asking.rows(s, 'tools', ['id'], where=[('UNDER_SCORE', 'has', 'T1'), ('under_score', 'not', '')])":
        ['value', '[]'],
    "asking.rows(s, 'tools', ['id', '(code)'], sort='(code):desc, id')":
        ['value', "[{'id': 6, '(code)': 't9'}, {'id': 12, '(code)': 't7'}, {'id': 4, '(code)': 't6'}, {'id': 7, '(code)': 't5'}, {'id': 10, '(code)': 't4'}, {'id': 2, '(code)': 't3'}, {'id': 3, '(code)': 't10'}, {'id': 8, '(code)': 't1'}, {'id': 11, '(code)': 't0'}, {'id': 1, '(code)': None}, {'id': 5, '(code)': None}, {'id': 9, '(code)': None}]"],
    "asking.count(s, 'tools', [('(code)', 'empty', '')])":
        ['value', '3'],
    "asking.rows(s, 'tools', ['(CODE)'], sort='id', size=3)":
        ['value', "[{'(code)': None}, {'(code)': 't3'}, {'(code)': 't10'}]"],
    "asking.facets(s, 'tools', '(CODE)')":
        ['value', "[(None, 3), ('t0', 1), ('t1', 1), ('t10', 1), ('t3', 1), ('t4', 1), ('t5', 1), ('t6', 1), ('t7', 1), ('t9', 1)]"],
    "asking.totals(s, 'tools', '(code)', 'max')":
        ['value', "'t9'"],
    "asking.totals(s, 'tools', 'id', 'count', '(code)')":
        ['value', "{None: 3, 't0': 1, 't1': 1, 't10': 1, 't3': 1, 't4': 1, 't5': 1, 't6': 1, 't7': 1, 't9': 1}"],
    "desk.export(s, 'tools', ['(code)', 'name'], '(CODE):asc, name')":
        ['value', '\'(code),name\\n,50% off*\\n,Hammer\\n,saw_fine\\nt0,Säge\\nt1,Union nut (select)\\nt10,Drill\\nt3,chisel\\nt4,back\\\\slash\\nt5,"Drop saw; 12"" -- used"\\nt6,Drill press\\nt7,sawsfine\\nt9,Miller\\\'s bit\\n\''],
    "[each['id'] for each in asking.search(s, 'tools', '1', ['(code)'])]":
        ['value', '[3, 8]'],
    "asking.rows(s, 'tools', ['id'], where=[('(CODE)', 'has', 'T1'), ('(code)', 'not', '')])":
        ['value', "[{'id': 3}, {'id': 8}]"],
    "asking.rows(s, 'tools', ['id', 'union all'], sort='union all:desc, id')":
        ['value', "[{'id': 6, 'union all': 10.0}, {'id': 9, 'union all': 9.0}, {'id': 1, 'union all': 8.0}, {'id': 7, 'union all': 6.0}, {'id': 10, 'union all': 5.0}, {'id': 2, 'union all': 4.0}, {'id': 5, 'union all': 3.0}, {'id': 11, 'union all': 1.0}, {'id': 3, 'union all': 0.0}, {'id': 4, 'union all': None}, {'id': 8, 'union all': None}, {'id': 12, 'union all': None}]"],
    "asking.count(s, 'tools', [('union all', 'empty', '')])":
        ['value', '3'],
    "asking.rows(s, 'tools', ['UNION ALL'], sort='id', size=3)":
        ['value', "[{'union all': 8.0}, {'union all': 4.0}, {'union all': 0.0}]"],
    "asking.facets(s, 'tools', 'UNION ALL')":
        ['value', '[(None, 3), (0.0, 1), (1.0, 1), (3.0, 1), (4.0, 1), (5.0, 1), (6.0, 1), (8.0, 1), (9.0, 1), (10.0, 1)]'],
    "asking.totals(s, 'tools', 'union all', 'max')":
        ['value', '10.0'],
    "asking.totals(s, 'tools', 'id', 'count', 'union all')":
        ['value', '{None: 3, 0.0: 1, 1.0: 1, 3.0: 1, 4.0: 1, 5.0: 1, 6.0: 1, 8.0: 1, 9.0: 1, 10.0: 1}'],
    "desk.export(s, 'tools', ['union all', 'name'], 'UNION ALL:asc, name')":
        ['value', '\'union all,name\\n,Drill press\\n,Union nut (select)\\n,sawsfine\\n0.0,Drill\\n1.0,Säge\\n3.0,saw_fine\\n4.0,chisel\\n5.0,back\\\\slash\\n6.0,"Drop saw; 12"" -- used"\\n8.0,Hammer\\n9.0,50% off*\\n10.0,Miller\\\'s bit\\n\''],
    "[each['id'] for each in asking.search(s, 'tools', '1', ['union all'])]":
        ['value', '[6, 11]'],
    "asking.rows(s, 'tools', ['id'], where=[('UNION ALL', 'has', 'T1'), ('union all', 'not', '')])":
        ['value', '[]'],
    "asking.rows(s, 'tools', ['id', 'drop'], sort='drop:desc, id')":
        ['value', "[{'id': 1, 'drop': 't9'}, {'id': 12, 'drop': 't9'}, {'id': 4, 'drop': 't8'}, {'id': 10, 'drop': 't6'}, {'id': 2, 'drop': 't5'}, {'id': 5, 'drop': 't4'}, {'id': 8, 'drop': 't3'}, {'id': 9, 'drop': 't10'}, {'id': 6, 'drop': 't0'}, {'id': 3, 'drop': None}, {'id': 7, 'drop': None}, {'id': 11, 'drop': None}]"],
    "asking.count(s, 'tools', [('drop', 'empty', '')])":
        ['value', '3'],
    "asking.rows(s, 'tools', ['DROP'], sort='id', size=3)":
        ['value', "[{'drop': 't9'}, {'drop': 't5'}, {'drop': None}]"],
    "asking.facets(s, 'tools', 'DROP')":
        ['value', "[(None, 3), ('t9', 2), ('t0', 1), ('t10', 1), ('t3', 1), ('t4', 1), ('t5', 1), ('t6', 1), ('t8', 1)]"],
    "asking.totals(s, 'tools', 'drop', 'max')":
        ['value', "'t9'"],
    "asking.totals(s, 'tools', 'id', 'count', 'drop')":
        ['value', "{None: 3, 't0': 1, 't10': 1, 't3': 1, 't4': 1, 't5': 1, 't6': 1, 't8': 1, 't9': 2}"],
    "desk.export(s, 'tools', ['drop', 'name'], 'DROP:asc, name')":
        ['value', '\'drop,name\\n,Drill\\n,"Drop saw; 12"" -- used"\\n,Säge\\nt0,Miller\\\'s bit\\nt10,50% off*\\nt3,Union nut (select)\\nt4,saw_fine\\nt5,chisel\\nt6,back\\\\slash\\nt8,Drill press\\nt9,Hammer\\nt9,sawsfine\\n\''],
    "[each['id'] for each in asking.search(s, 'tools', '1', ['drop'])]":
        ['value', '[9]'],
    "asking.rows(s, 'tools', ['id'], where=[('DROP', 'has', 'T1'), ('drop', 'not', '')])":
        ['value', "[{'id': 9}]"],
    "asking.rows(s, 'tools', ['id', 'a/*b*/'], sort='a/*b*/:desc, id')":
        ['value', "[{'id': 1, 'a/*b*/': 10.0}, {'id': 12, 'a/*b*/': 10.0}, {'id': 4, 'a/*b*/': 9.0}, {'id': 7, 'a/*b*/': 8.0}, {'id': 5, 'a/*b*/': 5.0}, {'id': 8, 'a/*b*/': 4.0}, {'id': 11, 'a/*b*/': 3.0}, {'id': 3, 'a/*b*/': 2.0}, {'id': 9, 'a/*b*/': 0.0}, {'id': 2, 'a/*b*/': None}, {'id': 6, 'a/*b*/': None}, {'id': 10, 'a/*b*/': None}]"],
    "asking.count(s, 'tools', [('a/*b*/', 'empty', '')])":
        ['value', '3'],
    "asking.rows(s, 'tools', ['A/*B*/'], sort='id', size=3)":
        ['value', "[{'a/*b*/': 10.0}, {'a/*b*/': None}, {'a/*b*/': 2.0}]"],
    "asking.facets(s, 'tools', 'A/*B*/')":
        ['value', '[(None, 3), (10.0, 2), (0.0, 1), (2.0, 1), (3.0, 1), (4.0, 1), (5.0, 1), (8.0, 1), (9.0, 1)]'],
    "asking.totals(s, 'tools', 'a/*b*/', 'max')":
        ['value', '10.0'],
    "asking.totals(s, 'tools', 'id', 'count', 'a/*b*/')":
        ['value', '{None: 3, 0.0: 1, 2.0: 1, 3.0: 1, 4.0: 1, 5.0: 1, 8.0: 1, 9.0: 1, 10.0: 2}'],
    "desk.export(s, 'tools', ['a/*b*/', 'name'], 'A/*B*/:asc, name')":
        ['value', '\'a/*b*/,name\\n,Miller\\\'s bit\\n,back\\\\slash\\n,chisel\\n0.0,50% off*\\n2.0,Drill\\n3.0,Säge\\n4.0,Union nut (select)\\n5.0,saw_fine\\n8.0,"Drop saw; 12"" -- used"\\n9.0,Drill press\\n10.0,Hammer\\n10.0,sawsfine\\n\''],
    "[each['id'] for each in asking.search(s, 'tools', '1', ['a/*b*/'])]":
        ['value', '[1, 12]'],
    "asking.rows(s, 'tools', ['id'], where=[('A/*B*/', 'has', 'T1'), ('a/*b*/', 'not', '')])":
        ['value', '[]'],
    "asking.rows(s, 'tools', ['id', '1st'], sort='1st:desc, id')":
        ['value', "[{'id': 7, '1st': 't9'}, {'id': 10, '1st': 't8'}, {'id': 2, '1st': 't7'}, {'id': 8, '1st': 't5'}, {'id': 11, '1st': 't4'}, {'id': 3, '1st': 't3'}, {'id': 6, '1st': 't2'}, {'id': 4, '1st': 't10'}, {'id': 12, '1st': 't0'}, {'id': 1, '1st': None}, {'id': 5, '1st': None}, {'id': 9, '1st': None}]"],
    "asking.count(s, 'tools', [('1st', 'empty', '')])":
        ['value', '3'],
    "asking.rows(s, 'tools', ['1ST'], sort='id', size=3)":
        ['value', "[{'1st': None}, {'1st': 't7'}, {'1st': 't3'}]"],
    "asking.facets(s, 'tools', '1ST')":
        ['value', "[(None, 3), ('t0', 1), ('t10', 1), ('t2', 1), ('t3', 1), ('t4', 1), ('t5', 1), ('t7', 1), ('t8', 1), ('t9', 1)]"],
    "asking.totals(s, 'tools', '1st', 'max')":
        ['value', "'t9'"],
    "asking.totals(s, 'tools', 'id', 'count', '1st')":
        ['value', "{None: 3, 't0': 1, 't10': 1, 't2': 1, 't3': 1, 't4': 1, 't5': 1, 't7': 1, 't8': 1, 't9': 1}"],
    "desk.export(s, 'tools', ['1st', 'name'], '1ST:asc, name')":
        ['value', '\'1st,name\\n,50% off*\\n,Hammer\\n,saw_fine\\nt0,sawsfine\\nt10,Drill press\\nt2,Miller\\\'s bit\\nt3,Drill\\nt4,Säge\\nt5,Union nut (select)\\nt7,chisel\\nt8,back\\\\slash\\nt9,"Drop saw; 12"" -- used"\\n\''],
    "[each['id'] for each in asking.search(s, 'tools', '1', ['1st'])]":
        ['value', '[4]'],
    "asking.rows(s, 'tools', ['id'], where=[('1ST', 'has', 'T1'), ('1st', 'not', '')])":
        ['value', "[{'id': 4}]"],
    "asking.rows(s, 'tools', ['id', 'net\\\\gross'], sort='net\\\\gross:desc, id')":
        ['value', "[{'id': 7, 'net\\\\gross': 10.0}, {'id': 10, 'net\\\\gross': 9.0}, {'id': 2, 'net\\\\gross': 8.0}, {'id': 5, 'net\\\\gross': 7.0}, {'id': 11, 'net\\\\gross': 5.0}, {'id': 3, 'net\\\\gross': 4.0}, {'id': 6, 'net\\\\gross': 3.0}, {'id': 9, 'net\\\\gross': 2.0}, {'id': 1, 'net\\\\gross': 1.0}, {'id': 4, 'net\\\\gross': None}, {'id': 8, 'net\\\\gross': None}, {'id': 12, 'net\\\\gross': None}]"],
    "asking.count(s, 'tools', [('net\\\\gross', 'empty', '')])":
        ['value', '3'],
    "asking.rows(s, 'tools', ['NET\\\\GROSS'], sort='id', size=3)":
        ['value', "[{'net\\\\gross': 1.0}, {'net\\\\gross': 8.0}, {'net\\\\gross': 4.0}]"],
    "asking.facets(s, 'tools', 'NET\\\\GROSS')":
        ['value', '[(None, 3), (1.0, 1), (2.0, 1), (3.0, 1), (4.0, 1), (5.0, 1), (7.0, 1), (8.0, 1), (9.0, 1), (10.0, 1)]'],
    "asking.totals(s, 'tools', 'net\\\\gross', 'max')":
        ['value', '10.0'],
    "asking.totals(s, 'tools', 'id', 'count', 'net\\\\gross')":
        ['value', '{None: 3, 1.0: 1, 2.0: 1, 3.0: 1, 4.0: 1, 5.0: 1, 7.0: 1, 8.0: 1, 9.0: 1, 10.0: 1}'],
    "desk.export(s, 'tools', ['net\\\\gross', 'name'], 'NET\\\\GROSS:asc, name')":
        ['value', '\'net\\\\gross,name\\n,Drill press\\n,Union nut (select)\\n,sawsfine\\n1.0,Hammer\\n2.0,50% off*\\n3.0,Miller\\\'s bit\\n4.0,Drill\\n5.0,Säge\\n7.0,saw_fine\\n8.0,chisel\\n9.0,back\\\\slash\\n10.0,"Drop saw; 12"" -- used"\\n\''],
    "[each['id'] for each in asking.search(s, 'tools', '1', ['net\\\\gross'])]":
        ['value', '[1, 7]'],
    "asking.rows(s, 'tools', ['id'], where=[('NET\\\\GROSS', 'has', 'T1'), ('net\\\\gross', 'not', '')])":
        ['value', '[]'],
    "asking.rows(s, 'tools', ['id', '*'], sort='*:desc, id')":
        ['value', "[{'id': 2, '*': 't9'}, {'id': 5, '*': 't8'}, {'id': 8, '*': 't7'}, {'id': 6, '*': 't4'}, {'id': 9, '*': 't3'}, {'id': 1, '*': 't2'}, {'id': 12, '*': 't2'}, {'id': 10, '*': 't10'}, {'id': 4, '*': 't1'}, {'id': 3, '*': None}, {'id': 7, '*': None}, {'id': 11, '*': None}]"],
    "asking.count(s, 'tools', [('*', 'empty', '')])":
        ['value', '3'],
    "asking.rows(s, 'tools', ['*'], sort='id', size=3)":
        ['value', "[{'*': 't2'}, {'*': 't9'}, {'*': None}]"],
    "asking.facets(s, 'tools', '*')":
        ['value', "[(None, 3), ('t2', 2), ('t1', 1), ('t10', 1), ('t3', 1), ('t4', 1), ('t7', 1), ('t8', 1), ('t9', 1)]"],
    "asking.totals(s, 'tools', '*', 'max')":
        ['value', "'t9'"],
    "asking.totals(s, 'tools', 'id', 'count', '*')":
        ['value', "{None: 3, 't1': 1, 't10': 1, 't2': 2, 't3': 1, 't4': 1, 't7': 1, 't8': 1, 't9': 1}"],
    "desk.export(s, 'tools', ['*', 'name'], '*:asc, name')":
        ['value', '\'*,name\\n,Drill\\n,"Drop saw; 12"" -- used"\\n,Säge\\nt1,Drill press\\nt10,back\\\\slash\\nt2,Hammer\\nt2,sawsfine\\nt3,50% off*\\nt4,Miller\\\'s bit\\nt7,Union nut (select)\\nt8,saw_fine\\nt9,chisel\\n\''],
    "[each['id'] for each in asking.search(s, 'tools', '1', ['*'])]":
        ['value', '[4, 10]'],
    "asking.rows(s, 'tools', ['id'], where=[('*', 'has', 'T1'), ('*', 'not', '')])":
        ['value', "[{'id': 4}, {'id': 10}]"],
    "asking.rows(s, 'tools', ['id', 'ASC'], sort='ASC:desc, id')":
        ['value', "[{'id': 5, 'ASC': 9.0}, {'id': 8, 'ASC': 8.0}, {'id': 11, 'ASC': 7.0}, {'id': 3, 'ASC': 6.0}, {'id': 9, 'ASC': 4.0}, {'id': 1, 'ASC': 3.0}, {'id': 12, 'ASC': 3.0}, {'id': 4, 'ASC': 2.0}, {'id': 7, 'ASC': 1.0}, {'id': 2, 'ASC': None}, {'id': 6, 'ASC': None}, {'id': 10, 'ASC': None}]"],
    "asking.count(s, 'tools', [('ASC', 'empty', '')])":
        ['value', '3'],
    "asking.rows(s, 'tools', ['ASC'], sort='id', size=3)":
        ['value', "[{'ASC': 3.0}, {'ASC': None}, {'ASC': 6.0}]"],
    "asking.facets(s, 'tools', 'ASC')":
        ['value', '[(None, 3), (3.0, 2), (1.0, 1), (2.0, 1), (4.0, 1), (6.0, 1), (7.0, 1), (8.0, 1), (9.0, 1)]'],
    "asking.totals(s, 'tools', 'ASC', 'max')":
        ['value', '9.0'],
    "asking.totals(s, 'tools', 'id', 'count', 'ASC')":
        ['value', '{None: 3, 1.0: 1, 2.0: 1, 3.0: 2, 4.0: 1, 6.0: 1, 7.0: 1, 8.0: 1, 9.0: 1}'],
    "desk.export(s, 'tools', ['ASC', 'name'], 'ASC:asc, name')":
        ['value', '\'ASC,name\\n,Miller\\\'s bit\\n,back\\\\slash\\n,chisel\\n1.0,"Drop saw; 12"" -- used"\\n2.0,Drill press\\n3.0,Hammer\\n3.0,sawsfine\\n4.0,50% off*\\n6.0,Drill\\n7.0,Säge\\n8.0,Union nut (select)\\n9.0,saw_fine\\n\''],
    "[each['id'] for each in asking.search(s, 'tools', '1', ['ASC'])]":
        ['value', '[7]'],
    "asking.rows(s, 'tools', ['id'], where=[('ASC', 'has', 'T1'), ('ASC', 'not', '')])":
        ['value', '[]'],
    "asking.rows(s, 'tools', ['id', 'tab\\tbed'], sort='tab\\tbed:desc, id')":
        ['value', "[{'id': 8, 'tab\\tbed': 't9'}, {'id': 11, 'tab\\tbed': 't8'}, {'id': 3, 'tab\\tbed': 't7'}, {'id': 6, 'tab\\tbed': 't6'}, {'id': 12, 'tab\\tbed': 't4'}, {'id': 4, 'tab\\tbed': 't3'}, {'id': 7, 'tab\\tbed': 't2'}, {'id': 10, 'tab\\tbed': 't1'}, {'id': 2, 'tab\\tbed': 't0'}, {'id': 1, 'tab\\tbed': None}, {'id': 5, 'tab\\tbed': None}, {'id': 9, 'tab\\tbed': None}]"],
    "asking.count(s, 'tools', [('tab\\tbed', 'empty', '')])":
        ['value', '3'],
    "asking.rows(s, 'tools', ['TAB\\tBED'], sort='id', size=3)":
        ['value', "[{'tab\\tbed': None}, {'tab\\tbed': 't0'}, {'tab\\tbed': 't7'}]"],
    "asking.facets(s, 'tools', 'TAB\\tBED')":
        ['value', "[(None, 3), ('t0', 1), ('t1', 1), ('t2', 1), ('t3', 1), ('t4', 1), ('t6', 1), ('t7', 1), ('t8', 1), ('t9', 1)]"],
    "asking.totals(s, 'tools', 'tab\\tbed', 'max')":
        ['value', "'t9'"],
    "asking.totals(s, 'tools', 'id', 'count', 'tab\\tbed')":
        ['value', "{None: 3, 't0': 1, 't1': 1, 't2': 1, 't3': 1, 't4': 1, 't6': 1, 't7': 1, 't8': 1, 't9': 1}"],
    "desk.export(s, 'tools', ['tab\\tbed', 'name'], 'TAB\\tBED:asc, name')":
        ['value', '\'tab\\tbed,name\\n,50% off*\\n,Hammer\\n,saw_fine\\nt0,chisel\\nt1,back\\\\slash\\nt2,"Drop saw; 12"" -- used"\\nt3,Drill press\\nt4,sawsfine\\nt6,Miller\\\'s bit\\nt7,Drill\\nt8,Säge\\nt9,Union nut (select)\\n\''],
    "[each['id'] for each in asking.search(s, 'tools', '1', ['tab\\tbed'])]":
        ['value', '[10]'],
    "asking.rows(s, 'tools', ['id'], where=[('TAB\\tBED', 'has', 'T1'), ('tab\\tbed', 'not', '')])":
        ['value', "[{'id': 10}]"],
    "asking.facets(s, 'tools', 'maker')":
        ['value', '[(\'Bosch\', 3), (\'Narex\', 3), (\'Estwing\', 2), (None, 1), (\'\', 1), ("O\'Neil", 1), (\'Optimum\', 1)]'],
    "asking.facets(s, 'parts', 'Group', [('qty', 'over', 5)])":
        ['value', "[('screws', 2), ('felt', 1), ('rings', 1)]"],
    "asking.facets(s, 'tools', 'shelf', [('maker', 'has', 'b')])":
        ['value', "[(None, 1), ('B1', 1), ('B2', 1)]"],
    "asking.facets(s, 'loans', 'member')":
        ['value', "[('ada', 2), ('ben', 1)]"],
    "asking.facets(s, 'tools', 'maker', [('maker', 'is', 'x')])":
        ['value', '[]'],
    "asking.totals(s, 'tools', 'unit price', 'sum')":
        ['value', '664.25'],
    "asking.totals(s, 'parts', 'qty', how='sum', by='group')":
        ['value', "{'felt': 15, 'rings': 40, 'screws': 1050}"],
    "asking.totals(s, 'Tools', 'Unit Price', 'sum', 'MAKER')":
        ['value', '{None: 3.0, \'\': 30.0, \'Bosch\': 300.0, \'Estwing\': 68.5, \'Narex\': 15.5, "O\'Neil": 7.25, \'Optimum\': 240.0}'],
    "asking.totals(s, 'tools', 'unit price', 'avg')":
        ['value', '55.354166666666664'],
    "asking.totals(s, 'parts', 'qty', how='avg', by='group')":
        ['value', "{'felt': 7.5, 'rings': 40.0, 'screws': 525.0}"],
    "asking.totals(s, 'Tools', 'Unit Price', 'avg', 'MAKER')":
        ['value', '{None: 3.0, \'\': 30.0, \'Bosch\': 100.0, \'Estwing\': 34.25, \'Narex\': 5.166666666666667, "O\'Neil": 7.25, \'Optimum\': 240.0}'],
    "asking.totals(s, 'tools', 'unit price', 'min')":
        ['value', '1.5'],
    "asking.totals(s, 'parts', 'qty', how='min', by='group')":
        ['value', "{'felt': 3, 'rings': 40, 'screws': 250}"],
    "asking.totals(s, 'Tools', 'Unit Price', 'min', 'MAKER')":
        ['value', '{None: 3.0, \'\': 30.0, \'Bosch\': 31.0, \'Estwing\': 24.5, \'Narex\': 1.5, "O\'Neil": 7.25, \'Optimum\': 240.0}'],
    "asking.totals(s, 'tools', 'unit price', 'max')":
        ['value', '240.0'],
    "asking.totals(s, 'parts', 'qty', how='max', by='group')":
        ['value', "{'felt': 12, 'rings': 40, 'screws': 800}"],
    "asking.totals(s, 'Tools', 'Unit Price', 'max', 'MAKER')":
        ['value', '{None: 3.0, \'\': 30.0, \'Bosch\': 180.0, \'Estwing\': 44.0, \'Narex\': 12.0, "O\'Neil": 7.25, \'Optimum\': 240.0}'],
    "asking.totals(s, 'tools', 'unit price', 'count')":
        ['value', '12'],
    "asking.totals(s, 'parts', 'qty', how='count', by='group')":
        ['value', "{'felt': 2, 'rings': 1, 'screws': 2}"],
    "asking.totals(s, 'Tools', 'Unit Price', 'count', 'MAKER')":
        ['value', '{None: 1, \'\': 1, \'Bosch\': 3, \'Estwing\': 2, \'Narex\': 3, "O\'Neil": 1, \'Optimum\': 1}'],
    "asking.totals(s, 'tools', 'unit price', 'SUM')":
        ['value', '664.25'],
    "asking.totals(s, 'parts', 'qty', how='SUM', by='group')":
        ['value', "{'felt': 15, 'rings': 40, 'screws': 1050}"],
    "asking.totals(s, 'Tools', 'Unit Price', 'SUM', 'MAKER')":
        ['value', '{None: 3.0, \'\': 30.0, \'Bosch\': 300.0, \'Estwing\': 68.5, \'Narex\': 15.5, "O\'Neil": 7.25, \'Optimum\': 240.0}'],
    "asking.totals(s, 'tools', 'unit price', 'Max')":
        ['value', '240.0'],
    "asking.totals(s, 'parts', 'qty', how='Max', by='group')":
        ['value', "{'felt': 12, 'rings': 40, 'screws': 800}"],
    "asking.totals(s, 'Tools', 'Unit Price', 'Max', 'MAKER')":
        ['value', '{None: 3.0, \'\': 30.0, \'Bosch\': 180.0, \'Estwing\': 44.0, \'Narex\': 12.0, "O\'Neil": 7.25, \'Optimum\': 240.0}'],
    "asking.totals(s, 'tools', 'unit price', 'Count')":
        ['value', '12'],
    "asking.totals(s, 'parts', 'qty', how='Count', by='group')":
        ['value', "{'felt': 2, 'rings': 1, 'screws': 2}"],
    "asking.totals(s, 'Tools', 'Unit Price', 'Count', 'MAKER')":
        ['value', '{None: 1, \'\': 1, \'Bosch\': 3, \'Estwing\': 2, \'Narex\': 3, "O\'Neil": 1, \'Optimum\': 1}'],
    "asking.totals(s, 'parts', 'qty')":
        ['value', '1105'],
    "asking.totals(s, 'parts', 'shelf', 'min')":
        ['value', "'C1'"],
    "asking.totals(s, 'parts', 'qty', by='shelf')":
        ['value', "{None: 43, 'C1': 1050, 'C2': 12}"],
    "asking.totals(s, 'tools', 'shelf', 'count')":
        ['value', '10'],
    "desk.export(s, 'tools')":
        ['value', '\'id,name,maker,shelf,unit price,size (mm),supplier\\\'s code,a;b -- c,größe,select,100%,x[1],order,back`tick,q?,under_score,(code),union all,drop,a/*b*/,1st,net\\\\gross,*,ASC,tab\\tbed\\n1,Hammer,Estwing,A1,24.5,7.0,t8,9.0,,0.0,t1,2.0,,4.0,t5,6.0,,8.0,t9,10.0,,1.0,t2,3.0,\\n2,chisel,Narex,A2,12.0,3.0,t4,,t6,7.0,t8,,t10,0.0,t1,,t3,4.0,t5,,t7,8.0,t9,,t0\\n3,Drill,Bosch,B1,89.0,10.0,,1.0,t2,3.0,,5.0,t6,7.0,,9.0,t10,0.0,,2.0,t3,4.0,,6.0,t7\\n4,Drill press,Optimum,,240.0,,t7,8.0,t9,,t0,1.0,t2,,t4,5.0,t6,,t8,9.0,t10,,t1,2.0,t3\\n5,saw_fine,Bosch,B2,31.0,2.0,t3,4.0,,6.0,t7,8.0,,10.0,t0,1.0,,3.0,t4,5.0,,7.0,t8,9.0,\\n6,Miller\\\'s bit,O\\\'Neil,B2,7.25,9.0,t10,,t1,2.0,t3,,t5,6.0,t7,,t9,10.0,t0,,t2,3.0,t4,,t6\\n7,"Drop saw; 12"" -- used",Bosch,,180.0,5.0,,7.0,t8,9.0,,0.0,t1,2.0,,4.0,t5,6.0,,8.0,t9,10.0,,1.0,t2\\n8,Union nut (select),,A1,3.0,,t2,3.0,t4,,t6,7.0,t8,,t10,0.0,t1,,t3,4.0,t5,,t7,8.0,t9\\n9,50% off*,Narex,A2,1.5,8.0,t9,10.0,,1.0,t2,3.0,,5.0,t6,7.0,,9.0,t10,0.0,,2.0,t3,4.0,\\n10,back\\\\slash,Narex,Z9,2.0,4.0,t5,,t7,8.0,t9,,t0,1.0,t2,,t4,5.0,t6,,t8,9.0,t10,,t1\\n11,Säge,Estwing,A1,44.0,0.0,,2.0,t3,4.0,,6.0,t7,8.0,,10.0,t0,1.0,,3.0,t4,5.0,,7.0,t8\\n12,sawsfine,,B9,30.0,,t8,9.0,t10,,t1,2.0,t3,,t5,6.0,t7,,t9,10.0,t0,,t2,3.0,t4\\n\''],
    "desk.export(s, 'parts', ['name', 'qty'], 'qty:desc', ';')":
        ['value', '"name;qty\\nScrew 4x40;800\\nScrew 5x60;250\\nO\'Ring;40\\nFelt, 50% wool;12\\nFelt, 500 g;3\\n"'],
    "desk.export(s, 'Tools', ['NAME', 'Unit Price'], 'name', ';')":
        ['value', '\'name;unit price\\n50% off*;1,5\\nDrill;89,0\\nDrill press;240,0\\n"Drop saw; 12"" -- used";180,0\\nHammer;24,5\\nMiller\\\'s bit;7,25\\nSäge;44,0\\nUnion nut (select);3,0\\nback\\\\slash;2,0\\nchisel;12,0\\nsaw_fine;31,0\\nsawsfine;30,0\\n\''],
    "desk.export(s, 'loans', sort='due:desc')":
        ['value', "'id,tool,member,since,due\\n3,1,ada,2026-02-01,2026-02-15\\n2,5,ben,2026-01-05,2026-01-19\\n1,3,ada,2026-01-02,2026-01-16\\n'"],
    "desk.export(s, 'parts', (), 'group, name:desc', '\\t')":
        ['value', '"id\\tname\\tgroup\\tqty\\tshelf\\n4\\tFelt, 500 g\\tfelt\\t3\\t\\n3\\tFelt, 50% wool\\tfelt\\t12\\tC2\\n5\\tO\'Ring\\trings\\t40\\t\\n2\\tScrew 5x60\\tscrews\\t250\\tC1\\n1\\tScrew 4x40\\tscrews\\t800\\tC1\\n"'],
    "desk.export(s, 'parts', delimiter=';')":
        ['value', '"id;name;group;qty;shelf\\n1;Screw 4x40;screws;800;C1\\n2;Screw 5x60;screws;250;C1\\n3;Felt, 50% wool;felt;12;C2\\n4;Felt, 500 g;felt;3;\\n5;O\'Ring;rings;40;\\n"'],
    "desk.view(s, 'ada', 'old')":
        ['value', '[{\'name\': \'Drop saw; 12" -- used\', \'size (mm)\': 5.0}]'],
    "desk.view(s, 'ada', 'old', 2)":
        ['value', '[]'],
    "desk.view(s, 'ada', 'old', '2')":
        ['value', '[]'],
    "desk.view(s, 'ada', 'none')":
        ['raised', 'KeyError', "'none'"],
    "desk.view(s, 'nobody', 'private')":
        ['raised', 'KeyError', "'private'"],
    "desk.views(s, 'ada')":
        ['value', "[('old', 'tools')]"],
    "desk.views(s, 'ada', 'Section:desc, NAME')":
        ['value', "[('old', 'tools')]"],
    "desk.views(s, 'ada', '')":
        ['value', "[('old', 'tools')]"],
    "desk.views(s, 'nobody')":
        ['value', '[]'],
    'desk.summary(s)':
        ['value', "['Tools to borrow: 12', 'Parts to use up: 5', 'What is out: 3']"],
    "desk.save(s, 'ada', 'x', 'tools', table='members')":
        ['raised', 'ValueError', 'no part of a view: table'],
    'store.sections()':
        ['value', "[('tools', 'Tools to borrow'), ('parts', 'Parts to use up'), ('loans', 'What is out')]"],
    "store.fields(s, 'tools')":
        ['value', '[\'id\', \'name\', \'maker\', \'shelf\', \'unit price\', \'size (mm)\', "supplier\'s code", \'a;b -- c\', \'größe\', \'select\', \'100%\', \'x[1]\', \'order\', \'back`tick\', \'q?\', \'under_score\', \'(code)\', \'union all\', \'drop\', \'a/*b*/\', \'1st\', \'net\\\\gross\', \'*\', \'ASC\', \'tab\\tbed\']'],
    "store.fields(s, 'Parts')":
        ['value', "['id', 'name', 'group', 'qty', 'shelf']"],
    "store.fields(s, 'members')":
        ['value', '[]'],
    "store.fields(s, 'nosuch')":
        ['value', '[]'],
    "store.lets_in(s, 'ada', '4711')":
        ['value', 'False'],
    "store.overdue(s, '2026-01-17')":
        ['value', "{'ada': ['Drill']}"],
    "store.overdue(s, '2026-03-01')":
        ['value', "{'ada': ['Drill', 'Hammer'], 'ben': ['saw_fine']}"],
    "asking.rows(store.sample(), 'tools')":
        ['value', "[{'id': 1, 'name': 'Hammer', 'maker': 'Estwing', 'shelf': 'A1', 'unit price': 24.5, 'size (mm)': 330.0}, {'id': 2, 'name': 'chisel', 'maker': 'Narex', 'shelf': 'A2', 'unit price': 12.0, 'size (mm)': 25.0}, {'id': 3, 'name': 'Drill', 'maker': 'Bosch', 'shelf': 'B1', 'unit price': 89.0, 'size (mm)': None}, {'id': 4, 'name': 'Drill press', 'maker': 'Optimum', 'shelf': None, 'unit price': 240.0, 'size (mm)': 600.0}, {'id': 5, 'name': 'saw_fine', 'maker': 'Bosch', 'shelf': 'B2', 'unit price': 31.0, 'size (mm)': 350.0}]"],
    "asking.rows(store.sample(), 'parts', sort='shelf:desc nulls last')":
        ['value', "[{'id': 3, 'name': 'Felt, 50% wool', 'group': 'felt', 'qty': 12, 'shelf': 'C2'}, {'id': 1, 'name': 'Screw 4x40', 'group': 'screws', 'qty': 800, 'shelf': 'C1'}, {'id': 2, 'name': 'Screw 5x60', 'group': 'screws', 'qty': 250, 'shelf': 'C1'}, {'id': 4, 'name': 'Felt, 500 g', 'group': 'felt', 'qty': 3, 'shelf': None}]"],
    "asking.search(store.sample(), 'tools', 'drill')":
        ['value', "[{'id': 3, 'name': 'Drill', 'maker': 'Bosch', 'shelf': 'B1', 'unit price': 89.0, 'size (mm)': None}, {'id': 4, 'name': 'Drill press', 'maker': 'Optimum', 'shelf': None, 'unit price': 240.0, 'size (mm)': 600.0}]"],
    'desk.summary(store.sample())':
        ['value', "['Tools to borrow: 5', 'Parts to use up: 4', 'What is out: 0']"],
    "store.fields(store.sample(), 'TOOLS')":
        ['value', "['id', 'name', 'maker', 'shelf', 'unit price', 'size (mm)']"],
    '[each[\'id\'] for each in asking.search(s, \'tools\', "miller\'s")]':
        ['value', '[6]'],
    '[each[\'id\'] for each in asking.search(s, \'parts\', "O\'R")]':
        ['value', '[5]'],
    '[each[\'id\'] for each in asking.search(s, \'tools\', "o\'", [\'maker\'])]':
        ['value', '[6]'],
    '[each[\'id\'] for each in asking.search(s, \'tools\', "\'")]':
        ['value', '[6]'],
}
MAY_REFUSE = ['[each[\'id\'] for each in asking.search(s, \'tools\', "miller\'s")]', '[each[\'id\'] for each in asking.search(s, \'parts\', "O\'R")]', '[each[\'id\'] for each in asking.search(s, \'tools\', "o\'", [\'maker\'])]', '[each[\'id\'] for each in asking.search(s, \'tools\', "\'")]']
CHANGING = {
    "store.put(s, 'tools', {'name': 'Rasp', 'unit price': 9})":
        ['value', '13'],
    'store.put(s, \'Tools\', {\'NAME\': \'File\', \'Size (MM)\': 20.5, "supplier\'s code": "x\'y\\"z"})':
        ['value', '14'],
    "store.put(s, 'parts', {'name': 'Nail', 'group': 'nails'})":
        ['value', '6'],
    'asking.rows(s, \'tools\', [\'name\', \'unit price\', \'size (mm)\', "supplier\'s code"], [(\'id\', \'over\', 12)])':
        ['value', '[{\'name\': \'Rasp\', \'unit price\': 9.0, \'size (mm)\': None, "supplier\'s code": None}, {\'name\': \'File\', \'unit price\': None, \'size (mm)\': 20.5, "supplier\'s code": \'x\\\'y"z\'}]'],
    "asking.rows(s, 'parts', where=[('id', 'over', 5)])":
        ['value', "[{'id': 6, 'name': 'Nail', 'group': 'nails', 'qty': 0, 'shelf': None}]"],
    "store.put(s, 'tools', {'maker': 'nobody'})":
        ['raised', 'IntegrityError', 'NOT NULL constraint failed: tools.name'],
    "asking.count(s, 'tools')":
        ['value', '14'],
    "store.add_field(s, 'Tools', ' net weight [kg] ', 'number')":
        ['value', 'None'],
    "store.fields(s, 'tools')[-1]":
        ['value', "'net weight [kg]'"],
    "store.put(s, 'tools', {'name': 'Anvil', 'net weight [kg]': 80})":
        ['value', '15'],
    "asking.rows(s, 'tools', ['name', 'NET weight [kg]'], sort='net weight [kg]:desc nulls last', size=2)":
        ['value', "[{'name': 'Anvil', 'net weight [kg]': 80.0}, {'name': 'Hammer', 'net weight [kg]': None}]"],
    "asking.totals(s, 'tools', 'net weight [kg]')":
        ['value', '80.0'],
    "desk.export(s, 'tools', ['name', 'net weight [kg]'], 'net weight [kg]:desc')":
        ['value', '\'name,net weight [kg]\\nAnvil,80.0\\nHammer,\\nchisel,\\nDrill,\\nDrill press,\\nsaw_fine,\\nMiller\\\'s bit,\\n"Drop saw; 12"" -- used",\\nUnion nut (select),\\n50% off*,\\nback\\\\slash,\\nSäge,\\nsawsfine,\\nRasp,\\nFile,\\n\''],
    'store.add_field(s, \'parts\', \'lot\\\'s "no"\')':
        ['raised', 'ValueError', 'not a label: \'lot\\\'s "no"\''],
    "store.add_field(s, 'parts', 'a, b')":
        ['raised', 'ValueError', "not a label: 'a, b'"],
    "store.add_field(s, 'members', 'x')":
        ['raised', 'ValueError', "not a section: 'members'"],
    "store.add_field(s, 'parts', 'order')":
        ['value', 'None'],
    "store.put(s, 'parts', {'name': 'Pin', 'order': 'o1', 'qty': 2})":
        ['value', '7'],
    "asking.facets(s, 'parts', 'order')":
        ['value', "[(None, 6), ('o1', 1)]"],
    "store.lend(s, 7, 'cyd', '2026-02-20', 7)":
        ['value', '4'],
    "store.lend(s, 7, 'dan', '2026-02-21')":
        ['raised', 'ValueError', 'tool 7 is out'],
    "asking.rows(s, 'loans', sort='id:desc', size=1)":
        ['value', "[{'id': 4, 'tool': 7, 'member': 'cyd', 'since': '2026-02-20', 'due': '2026-02-27'}]"],
    "store.overdue(s, '2026-03-01')":
        ['value', '{\'ada\': [\'Drill\', \'Hammer\'], \'ben\': [\'saw_fine\'], \'cyd\': [\'Drop saw; 12" -- used\']}'],
    "store.enroll(s, 'cyd', '99')":
        ['value', 'None'],
    "store.lets_in(s, 'cyd', '99')":
        ['value', 'True'],
    "store.lets_in(s, 'cyd', '98')":
        ['value', 'False'],
    "store.enroll(s, 'cyd', '98')":
        ['value', 'None'],
    "store.lets_in(s, 'cyd', '98') ":
        ['value', 'True'],
    "desk.save(s, 'bo', 'dear ones', 'Tools', fields=['name', 'size (mm)'], where=[('unit price', 'at least', '80'), ('maker', 'not', 'x')], sort='unit price:desc nulls last', size='2')":
        ['value', 'None'],
    "desk.view(s, 'bo', 'dear ones')":
        ['value', '[{\'name\': \'Drill press\', \'size (mm)\': None}, {\'name\': \'Drop saw; 12" -- used\', \'size (mm)\': 5.0}]'],
    "desk.view(s, 'bo', 'dear ones', 2)":
        ['value', "[{'name': 'Drill', 'size (mm)': 10.0}]"],
    "desk.save(s, 'bo', 'a', 'parts', sort='group')":
        ['value', 'None'],
    "desk.views(s, 'bo')":
        ['value', "[('a', 'parts'), ('dear ones', 'Tools')]"],
    "desk.views(s, 'bo', 'section:desc')":
        ['value', "[('a', 'parts'), ('dear ones', 'Tools')]"],
    "desk.views(s, 'bo', 'section, name:DESC')":
        ['value', "[('dear ones', 'Tools'), ('a', 'parts')]"],
    "desk.save(s, 'bo', 'a', 'loans')":
        ['value', 'None'],
    "desk.views(s, 'bo') ":
        ['value', "[('a', 'loans'), ('dear ones', 'Tools')]"],
    "desk.view(s, 'bo', 'a')":
        ['value', "[{'id': 1, 'tool': 3, 'member': 'ada', 'since': '2026-01-02', 'due': '2026-01-16'}, {'id': 2, 'tool': 5, 'member': 'ben', 'since': '2026-01-05', 'due': '2026-01-19'}, {'id': 3, 'tool': 1, 'member': 'ada', 'since': '2026-02-01', 'due': '2026-02-15'}, {'id': 4, 'tool': 7, 'member': 'cyd', 'since': '2026-02-20', 'due': '2026-02-27'}]"],
    "desk.forget(s, 'bo', 'a')":
        ['value', 'True'],
    "desk.forget(s, 'bo', 'a') ":
        ['value', 'False'],
    "desk.views(s, 'bo')  ":
        ['value', "[('dear ones', 'Tools')]"],
    's.in_transaction':
        ['value', 'False'],
    'desk.summary(s)':
        ['value', "['Tools to borrow: 15', 'Parts to use up: 7', 'What is out: 4']"],
}


if __name__ == "__main__":
    main()
