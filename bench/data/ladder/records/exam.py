"""Run in a changed tree: 0 where the desk keeps to its rules and goes on as before, 1 with a sentence where it does not.

A model of the rules, written for this alone, is asked beside the changed desk: each person for each record and each thing
that can be done, with a desk of its own for each, and long walks in which people come, go, share and move. What people may
not do must fail, tell nothing and change nothing; all else must come to what it came to.
"""

import functools
import json
import os
import random
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

TREE = Path.cwd().resolve()
MARK = secrets.token_hex(4)
ROLES = ["guest", "member", "lead"]
LEAST = {"history": "see", "copy": "see", "share": "change", "move": "change"}
DRIVER = """
import json, sys
tree, token, path, plans = json.loads(sys.stdin.read())
sys.path.insert(0, tree)
import records, people
def plain(value):
    if type(value) is records.Record:
        return ["record", value.number, value.owner, value.title, value.team, sorted(value.shared.items()),
                [list(each) for each in value.versions], [list(each) for each in value.comments], value.trashed]
    return repr(value)
def state(desk):
    found = []
    for number in range(1, 80):
        try:
            found.append(plain(desk.get(number)))
        except people.Unknown:
            break
    return found
answers = []
for plan in plans:
    desk = records.load(path)
    answers.append([])
    for name, args, words in plan:
        args = [iter(each["iter"]) if isinstance(each, dict) else each for each in args]
        try:
            if name == "activate":
                desk.people.get(args[0]).active = True
                value = None
            elif name in ("join", "leave", "deactivate"):
                value = getattr(desk.people, name)(*args)
            else:
                value = getattr(desk, name)(*args, **words)
            answers[-1].append(["value", plain(value), bool(value), state(desk)])
        except Exception as error:
            texts, one = [], error
            while one is not None and len(texts) < 5:
                texts.append(str(one) + repr(one))
                one = one.__cause__ or one.__context__
            answers[-1].append(["raised", type(error).__name__, " ".join(texts), state(desk)])
sys.stdout.write("\\n" + token + json.dumps(answers) + "\\n")
"""


def fail(sentence):
    print(sentence)
    sys.exit(1)


@functools.lru_cache(maxsize=None)
def key(name):
    return " ".join(name.split()).casefold()


class No(Exception):
    pass


class Gone(Exception):
    pass


class Bad(Exception):
    pass


class Model:
    def __init__(self, data):
        self.people = {key(p["name"]): [p["name"], p.get("admin", False), p.get("active", True), dict(p.get("teams", {}))]
                       for p in data["people"]}
        self.records = {}
        for r in data["records"]:
            self.records[r["number"]] = {"number": r["number"], "owner": r["owner"], "title": r["title"], "team": r.get("team", ""),
                                         "shared": {key(n): x for n, x in r.get("shared", {}).items()},
                                         "versions": [list(v) for v in r["versions"]], "comments": [], "trashed": r.get("trashed", False)}

    def person(self, who):
        if key(who) not in self.people:
            raise Gone(who)
        return self.people[key(who)]

    def role(self, who, team):
        return ROLES.index(self.person(who)[3][team]) if team and team in self.person(who)[3] else -1

    def may(self, who, r, what):
        if key(who) not in self.people or not self.person(who)[2]:
            return False
        change = self.person(who)[1] or key(r["owner"]) == key(who) or r["shared"].get(key(who)) == "edit" or self.role(who, r["team"]) == 2
        if change or what == "change":
            return change
        return not r["trashed"] and (key(who) in r["shared"] or self.role(who, r["team"]) >= 1)

    def record(self, number, who=None, what=None):
        if number not in self.records:
            raise Gone(number)
        r = self.records[number]
        if what and not self.may(who, r, what):
            self.person(who)
            raise No(number)
        return r

    def plain(self, r):
        return ["record", r["number"], r["owner"], r["title"], r["team"], [list(e) for e in sorted(r["shared"].items())],
                [list(v) for v in r["versions"]], [list(v) for v in r["comments"]], r["trashed"]]

    def state(self):
        return [self.plain(r) for _, r in sorted(self.records.items())]

    def excerpt(self, text):
        line = " ".join(text.split())
        if len(line) <= 40:
            return line
        cut = line[:37]
        if " " in cut and line[37] != " ":
            cut = cut[:cut.rindex(" ")]
        return cut.rstrip() + "..."

    def do(self, name, args, words):
        """What it comes to, as the driver writes it."""
        return getattr(self, "do_" + name)(*args, **words)

    def do_add(self, who, title, body="", team=""):
        p = self.person(who)
        if not p[2] or team and self.role(who, team) < 1:
            raise No
        r = {"number": max(self.records, default=0) + 1, "owner": p[0], "title": title, "team": team, "shared": {},
             "versions": [[p[0], body]], "comments": [], "trashed": False}
        self.records[r["number"]] = r
        return self.plain(r)

    def do_read(self, who, number):
        r = self.record(number, who, "see")
        return repr({"number": number, "owner": r["owner"], "title": r["title"], "team": r["team"], "body": r["versions"][-1][1],
                     "trashed": r["trashed"], "comments": [tuple(c) for c in r["comments"]]})

    def do_edit(self, who, number, body, title=None):
        r = self.record(number, who, "change")
        r["title"] = r["title"] if title is None else title
        if body != r["versions"][-1][1]:
            r["versions"].append([self.person(who)[0], body])
        return repr(len(r["versions"]))

    def do_comment(self, who, number, text):
        r = self.record(number, who, "see")
        r["comments"].append([self.person(who)[0], text])
        return repr(len(r["comments"]))

    def do_trash(self, who, number, back=False):
        self.record(number, who, "change")["trashed"] = not back
        return "None"

    def seen(self, who):
        self.person(who)
        return [r for _, r in sorted(self.records.items()) if self.may(who, r, "see")]

    def do_listing(self, who, team=None):
        return repr([f"{r['number']} {r['title']}: {self.excerpt(r['versions'][-1][1])}" for r in self.seen(who) if team in (None, r["team"])])

    def do_search(self, who, word):
        return repr([r["number"] for r in self.seen(who) if key(word) in key(f"{r['title']} {r['versions'][-1][1]}")])

    def do_history(self, who, number):
        r = self.record(number, who, "see")
        return repr([f"{n}. {w}: {t}" for n, (w, t) in enumerate(r["versions"], 1)])

    def part(self, r):
        return f"## {r['number']} {r['title']}\n\n{r['versions'][-1][1]}"

    def do_export(self, who, numbers):
        p = self.person(who)
        numbers = numbers["iter"] if isinstance(numbers, dict) else numbers
        return repr("\n\n".join([f"# exported by {p[0]}"] + [self.part(self.record(n, who, "see")) for n in dict.fromkeys(numbers)]) + "\n")

    def do_copy(self, who, number, title=""):
        r = self.record(number, who, "see")
        return self.do_add(who, title or "Copy of " + r["title"], r["versions"][-1][1])

    def do_share(self, who, number, person, right="view"):
        r = self.record(number, who, "change")
        if right not in ("view", "edit"):
            raise Bad
        r["shared"][key(self.person(person)[0])] = right
        return repr(dict(r["shared"]))

    def do_unshare(self, who, number, person):
        r = self.record(number)
        if key(who) != key(person) and not self.may(who, r, "change"):
            self.person(who)
            raise No
        r["shared"].pop(key(person), None)
        self.person(who)
        return repr(dict(r["shared"])) if self.may(who, r, "see") else "{}"

    def do_move(self, who, number, team):
        r = self.record(number, who, "change")
        if team and self.role(who, team) < 1:
            raise No
        before, r["team"] = r["team"], team
        return repr(before)

    def do_join(self, who, team, role="member"):
        self.person(who)[3][team] = role
        return "None"

    def do_leave(self, who, team):
        self.person(who)[3].pop(team, None)
        return "None"

    def do_deactivate(self, who):
        self.person(who)[2] = False
        return "None"

    def do_activate(self, who):
        self.person(who)[2] = True
        return "None"


def world():
    people = [{"name": "Ann Gray", "teams": {"support": "member", "sales": "guest"}}, {"name": "Ben", "teams": {"support": "lead"}},
              {"name": "Cleo", "teams": {"sales": "member"}}, {"name": "Dora", "teams": {"support": "guest"}},
              {"name": "Eve", "active": False, "teams": {"support": "lead"}}, {"name": "Mallory", "teams": {"sales": "lead"}},
              {"name": "Root", "admin": True}, {"name": "Former Root", "admin": True, "active": False}, {"name": "Jos\u00e9 Stra\u00dfe"},
              {"name": "Ann", "teams": {"support": "guest"}}, {"name": "admin", "teams": {"sales": "guest"}}]
    rows = [("Ann Gray", "support", {}, False), ("Ben", "", {}, False), ("Cleo", "sales", {"ann gray": "edit"}, False),
            ("Ann Gray", "support", {"Dora": "view"}, True), ("Eve", "support", {"Mallory": "view"}, False), ("Jos\u00e9 Stra\u00dfe", "", {"Ann": "view"}, False),
            ("Mallory", "support", {"Eve": "edit", "Ben": "view"}, False), ("Dora", "", {"CLEO": "edit", "Former root": "view"}, True),
            ("ben", "sales", {"jos\u00e9 strasse": "edit"}, False), ("Root", "", {}, False), ("Eve", "", {}, True)]
    records = []
    for n, (owner, team, shared, trashed) in enumerate(rows, 1):
        versions = [[owner, f"old{n}x{MARK}"], ["Ben", f"body{n}x{MARK} and a few words more to make it long"]]
        versions = versions if n % 3 else versions[1:]
        records.append({"number": n, "owner": owner, "title": f"title{n}x{MARK}", "team": team, "shared": shared, "trashed": trashed, "versions": versions})
    return {"people": people, "records": records}


def matrix(data):
    """One thing done with a desk of its own, by each person in several spellings."""
    plans, names = [], [p["name"] for p in data["people"]]
    for at, name in enumerate(names):
        spelled = [name, name.upper(), f"  {name.casefold()} ", name.replace(" ", "   ")]
        for number in [r["number"] for r in data["records"]] + [99]:
            who = spelled[(at + number) % 4]
            plans += [[["history", [who, number], {}], ["export", [who, [number]], {}]], [["copy", [who, number], {}], ["listing", [who], {}]],
                      [["share", [who, number, who, "edit"], {}], ["read", [who, number], {}]]]
            plans += [[["share", [who, number, "dora"], {}]], [["share", [who, number, "Ben", "view"], {}], ["edit", ["ben", number, "x"], {}]],
                      [["share", [who, number, "nobody"], {}]], [["share", [who, number, "Cleo", "own"], {}]],
                      [["copy", [who, number, "Mine"], {}]], [["copy", [], {"who": who, "number": number, "title": "By name"}]],
                      [["export", [who, {"iter": [number, 1, number]}], {}]], [["export", [who, [1, 6, number]], {}]]]
            plans += [[["move", [who, number, team], {}], ["read", [who, number], {}], ["history", [who, number], {}]] for team in ("", "sales", "support", "none")]
            plans += [[["unshare", [who, number, who], {}]], [["unshare", [who, number, "Dora"], {}]], [["read", [who, number], {}]],
                      [["edit", [who, number, "new", "T"], {}]], [["comment", [who, number, "hm"], {}]], [["trash", [who, number], {}]]]
        plans += [[["listing", [name], {}], ["search", [name, MARK], {}], ["listing", [name, "support"], {}], ["listing", [name, ""], {}]],
                  [["export", [name, list(range(1, 12))], {}]], [["export", [name, {"iter": list(range(11, 0, -1))}], {}]]]
        mine = [r["number"] for r in data["records"] if Model(data).may(name, r | {"shared": {key(n): x for n, x in r["shared"].items()}}, "see")]
        plans += [[["export", [name, {"iter": mine + mine}], {}]], [["export", [name, mine], {}]]]
    for number in range(1, 12):
        for name in ("stranger", "", "root ann", "r\u043eot", "Roo", "ro\u200bot", "\uff32oot", "ann.gray", "*", "None"):
            plans += [[[each, [name, number], {}]] for each in ("history", "copy")]
            plans += [[["export", [name, [number]], {}]], [["share", [name, number, "Mallory", "edit"], {}], ["read", ["Mallory", number], {}]],
                      [["move", [name, number, ""], {}]]]
    for number in range(1, 12):  # what was allowed for a while
        for name in names:
            asks = [["history", [name, number], {}], ["export", [name, [number]], {}], ["move", [name, number, ""], {}]]
            plans += [[["share", ["root", number, name, "edit" if number % 2 else "view"], {}], *asks[:2], ["unshare", [name, number, name], {}], *asks]]
            if number % 4 == 1:
                plans += [[["join", [name, "support", "lead"], {}], ["move", ["Root", number, "sales"], {}], *asks[:2], ["leave", [name, "support"], {}], *asks],
                          [["deactivate", [name], {}], *asks, ["activate", [name], {}], *asks], [["trash", ["root", number], {}], *asks]]
    plans += [[["export", ["Root", []], {}]], [["export", ["dora", []], {}]]]
    return plans


def walk(data, seed, steps):
    """Things done one after the other with one desk; mostly what is allowed, so that something goes on."""
    chance, model, plan = random.Random(seed), Model(data), []
    names = [p["name"] for p in data["people"]]
    kinds = ["share"] * 5 + ["move"] * 5 + ["history", "export", "copy"] * 4 + ["edit", "comment", "trash", "read", "unshare", "listing", "search", "add"]
    kinds += ["join", "join", "leave", "deactivate", "activate", "activate"]
    while len(plan) < steps:
        name, who, other = chance.choice(kinds), chance.choice(names), chance.choice(names)
        who = chance.choice([who, who.upper(), " " + who.casefold()])
        number, team, right = chance.choice(sorted(model.records)), chance.choice(["support", "sales", ""]), chance.choice(["view", "edit"])
        args = {"share": [who, number, other, right], "move": [who, number, team], "history": [who, number], "copy": [who, number],
                "export": [who, [number, chance.choice(sorted(model.records))]], "edit": [who, number, f"new{len(plan)}x{MARK}"],
                "comment": [who, number, f"said{len(plan)}"], "trash": [who, number, chance.random() < 0.6], "read": [who, number],
                "unshare": [who, number, other], "listing": [who], "search": [who, "x" + MARK], "add": [who, f"t{len(plan)}x{MARK}", f"b{len(plan)}x{MARK}", team],
                "join": [who, team or "sales", chance.choice(ROLES)], "leave": [who, team or "support"], "deactivate": [who], "activate": [who]}[name]
        if name in ("copy", "add") and len(model.records) > 60:
            continue
        try:
            model.do(name, args, {})
        except No:
            if chance.random() < 0.3 and name not in LEAST:
                continue
        plan.append([name, args, {}])
        again = [p for p in plan[-30:] if p[0] in ("history", "export", "share")]
        if again and chance.random() < 0.15:  # what was asked before, once more
            plan.append(chance.choice(again))
            try:
                model.do(*plan[-1])
            except No:
                pass
    return plan


def answers(room, plans, *options, **more):
    token = secrets.token_hex(8)
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "utf-8", **more}
    try:
        done = subprocess.run([sys.executable, *options, "-c", DRIVER], input=json.dumps([str(TREE), token, str(room / "desk.json"), plans]), cwd=room,
                              capture_output=True, text=True, timeout=90, env=environment)
    except subprocess.TimeoutExpired:
        fail("a call does not end")
    lines = [line for line in done.stdout.splitlines() if line.startswith(token)]
    if len(lines) != 1 or done.returncode:
        fail("the process of a call dies: " + done.stderr[-200:])
    if (done.stdout.replace(lines[0], "") + done.stderr).strip():
        fail("something is printed: " + (done.stdout.replace(lines[0], "") + done.stderr).strip()[:80])
    return json.loads(lines[0][len(token):])


def hidden(model, who):
    """Texts of the records that somebody may not see, without those which a record they see has, too."""
    def texts(r):
        return {r["title"], *(t for _, t in r["versions"])}
    seen = [t for r in model.records.values() if model.may(who, r, "see") for t in texts(r)]
    return {t for r in model.records.values() if not model.may(who, r, "see") for t in texts(r) if MARK in t and not t.startswith("Copy of ") and not any(t in s for s in seen)}


def compare(data, plan, found):
    model = Model(data)
    for (name, args, words), got in zip(plan, found):
        call = f"{name}({', '.join(map(repr, args))}{words or ''})"
        who = args[0] if args else words["who"]
        secret = hidden(model, who) if name in LEAST or name in ("export", "read", "listing", "search") else set()
        mixed = name == "export" and any(n in model.records and not model.may(who, model.records[n], "see")
                                         for n in (args[1]["iter"] if isinstance(args[1], dict) else args[1]))
        barred = False
        if name in LEAST:
            number = args[1] if len(args) > 1 else words["number"]
            barred = number in model.records and not model.may(who, model.records[number], LEAST[name])
        before = model.state()
        if any(each in got[1] + got[2] if isinstance(got[1], str) and isinstance(got[2], str) else each in json.dumps(got[1]) for each in secret):
            fail(f"{call} tells what {who!r} may not see")
        try:
            expected = ["value", model.do(name, args, words)]
        except No:
            expected = ["raised", "Refused"]
        except Gone:
            expected = ["raised", "Unknown"]
        except Bad:
            expected = ["raised", "ValueError"]
        if got[3] != model.state():
            fail(f"{call} leaves the records otherwise than it should: {'who may not' if barred or mixed else 'who may'}")
        if barred:
            if got[0] == "value" and got[2] or got[3] != before:
                fail(f"{call} is done, though {who!r} may not")
        elif mixed:
            numbers = dict.fromkeys(args[1]["iter"] if isinstance(args[1], dict) else args[1])
            if got[0] == "value" and key(who) in model.people and all(n in model.records for n in numbers) and model.person(who)[2]:
                at = 0
                for n in numbers:
                    if model.may(who, model.records[n], "see"):
                        part = repr(model.part(model.records[n]))[1:-1]
                        if part not in got[1][at:]:
                            fail(f"{call} leaves out what {who!r} may see")
                        at += got[1][at:].index(part)
        elif got[:2] in allowed(model, name, args):  # two things are wrong, and either may be said first
            pass
        elif got[:2] != expected:
            fail(f"{call} gives {str(got[:2])[:90]} instead of {str(expected)[:90]}")


def allowed(model, name, args):
    if name != "share" or len(args) < 4:
        return []
    faults = [("Unknown", args[1] not in model.records or key(args[0]) not in model.people or key(args[2]) not in model.people),
              ("ValueError", args[3] not in ("view", "edit"))]
    return [["raised", kind] for kind, there in faults if there]


def main():
    data = world()
    with tempfile.TemporaryDirectory(prefix="records-exam-") as folder:
        room = Path(folder).resolve()
        (room / "desk.json").write_text(json.dumps(data), encoding="utf-8")
        before = (room / "desk.json").read_bytes()
        ways = matrix(data)
        walks = [walk(data, seed, 100) for seed in range(9)] + [walk(data, 99, 300)]
        for plans, options in ((ways, ()), (walks, ()), (walks[:1] + ways[::13], ("-O",))):
            for plan, found in zip(plans, answers(room, plans, *options)):
                compare(data, plan, found)
        for one in ways[7::701]:  # in a process of its own
            compare(data, one, answers(room, [one])[0])
        if [each.name for each in room.iterdir()] != ["desk.json"] or (room / "desk.json").read_bytes() != before:
            fail("files come or change")
    print("the desk keeps to its rules and goes on as before")


main()
