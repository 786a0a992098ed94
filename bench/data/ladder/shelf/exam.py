"""Run in a changed tree: 0 where the shelf keeps to its folder and still serves what lies in it, 1 with a sentence where not.

Each call runs in a process of its own, and all of them once more, twice over, in one process.
"""

import json
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

TREE = Path.cwd().resolve()
CANARY = "canary-" + secrets.token_hex(6)
DRIVER = """
import json, sys
tree, token, calls = json.loads(sys.stdin.read())
sys.path.insert(0, tree)
import os, shelf, catalog
answers = []
for call in calls:
    try:
        answers.append(["value", repr(eval(call))])
    except Exception as error:
        answers.append(["raised", type(error).__name__ + " " + str(error)])
sys.stdout.write("\\n" + token + json.dumps(answers) + "\\n")
"""


def fail(sentence):
    print(sentence)
    sys.exit(1)


def answers(room, calls, **more):
    token = secrets.token_hex(8)
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8", **more}
    try:
        done = subprocess.run([sys.executable, "-c", DRIVER], input=json.dumps([str(TREE), token, calls]), cwd=room,
                              capture_output=True, text=True, timeout=60, env=environment)
    except subprocess.TimeoutExpired:
        fail("a call does not end")
    lines = [line for line in done.stdout.splitlines() if line.startswith(token)]
    if len(lines) != 1 or done.returncode:
        fail("the process of a call dies: " + done.stderr[-200:])
    found = json.loads(lines[0][len(token):])
    return found, done.stdout.replace(lines[0], "") + done.stderr


def furnish(room, linked):
    docs = room / "store" if linked else room / "docs"
    files = {"a.txt": "alpha\n", "..rc.txt": "rc\n", "...txt": "dots\n", "two words.txt": "two\nwords\n",
             "50%.txt": "half\n", "x%20y.txt": "odd\n", "caf\u00e9.txt": "cup\n", "notes/b.md": "# Bravo\n\nfirst\n\nsecond\nthird\n",
             "notes/v1..v2.csv": "from,to\n", "notes/C.TXT": "capital\n", "notes/deep/d.txt": "deep\n", "notes/..data/e.txt": "e\n",
             "back\\slash.txt": "odd too\n", "~tilde.txt": "home\n", "secret.txt": "a secret that is on the shelf\n",
             "empty.txt": "", "pic.png": "no document\n", ".hidden.txt": "hidden\n", "docs/docs.txt": "docs in docs\n"}
    for name, text in files.items():
        (docs / name).parent.mkdir(parents=True, exist_ok=True)
        (docs / name).write_text(text, encoding="utf-8")
    if linked:
        (room / "docs").symlink_to("store", target_is_directory=True)
    (room / "secret.txt").unlink(missing_ok=True)
    for name in (f"{CANARY}.txt", "secret.txt", f"docs-old/{CANARY}.txt", "docs-old/draft.txt", "docs2/a.txt", f"other/{CANARY}.md",
                 "docs.txt", "DOCS/x.txt", f"other/deep/{CANARY}.csv", "other/deep/f.txt"):
        (room / name).parent.mkdir(parents=True, exist_ok=True)
        (room / name).write_text(CANARY * 7, encoding="utf-8")
    return files


def out_of_it(room):
    files = ["secret.txt", "docs-old/draft.txt", "docs2/a.txt", "docs.txt", "other/deep/f.txt"]
    ways = []
    for each in files:
        up = ["../" + each, "notes/../../" + each, "./../" + each, "notes/deep/../../../" + each, "..//" + each, ".././" + each,
              "..%2f" + each, "%2e%2e/" + each, "%2E%2E%2F" + each.replace("/", "%2F"), ".%2e/" + each, "missing/../../" + each,
              "notes/..%2F..%2f" + each, "../docs/../" + each, "..data/../../" + each, "....//....//../../" + each,
              "notes/....//../../" + each, "../../" + room.name + "/" + each, "....//" + each, "..././" + each, "...//" + each,
              str(room / each), "/" + str(room / each), str(room / each).replace("/", "%2f"), str(room / "docs" / ".." / each),
              "%252e%252e/" + each, "..%252f" + each, "../notes/../" + each, "notes/../notes/../../" + each, "/../" + each,
              "a.txt/../../" + each, "../" + each + "/", "..\\" + each, "~/" + each, "file://" + str(room / each), "../" + each + "%00.txt"]
        ways += up
    folders = ["..", "../", "../.", "notes/../..", "../docs-old", "../docs2", "../other", "../other/deep", "%2e%2e", "..%2fother",
               str(room), str(room / "other"), str(room).replace("/", "%2F"), "../../" + room.name, "../docs-old/", ".//..", "./..",
               "notes/deep/../../..", "../DOCS", "/"]
    return ways, folders


def legitimate():
    return {
        "shelf.read('a.txt')": "alpha\n", "shelf.read('./a.txt')": "alpha\n", "shelf.read('notes/../a.txt')": "alpha\n",
        "shelf.read('..rc.txt')": "rc\n", "shelf.read('...txt')": "dots\n", "shelf.read('two%20words.txt')": "two\nwords\n",
        "shelf.read('two words.txt')": "two\nwords\n", "shelf.read('50%25.txt')": "half\n", "shelf.read('50%.txt')": "half\n",
        "shelf.read('x%2520y.txt')": "odd\n", "shelf.read('caf%C3%A9.txt')": "cup\n", "shelf.read('notes%2Fb.md')": "# Bravo\n\nfirst\n\nsecond\nthird\n",
        "shelf.read('notes/C.TXT')": "capital\n", "shelf.read('notes//deep/d.txt')": "deep\n", "shelf.read('notes/..data/e.txt')": "e\n",
        "shelf.read('back\\\\slash.txt')": "odd too\n", "shelf.read('~tilde.txt')": "home\n", "shelf.read('empty.txt')": "",
        "shelf.read('secret.txt')": "a secret that is on the shelf\n", "shelf.read('pic.png')": "no document\n",
        "shelf.read('.hidden.txt')": "hidden\n", "shelf.read('notes/deep/../../notes/b.md')": "# Bravo\n\nfirst\n\nsecond\nthird\n",
        "shelf.read('docs/docs.txt')": "docs in docs\n", "shelf.preview('docs/../a.txt')": ["alpha"],
        "shelf.preview('notes/b.md')": ["# Bravo", "first", "second"], "shelf.preview('notes/b.md', 1)": ["# Bravo"],
        "shelf.preview('notes/b.md', 9)": ["# Bravo", "first", "second", "third"], "shelf.preview('two%20words.txt')": ["two", "words"],
        "shelf.preview('empty.txt')": [], "shelf.preview('notes/../..rc.txt')": ["rc"], "shelf.preview('x%2520y.txt')": ["odd"],
        "shelf.preview('a.txt', 0)": [],
        "shelf.size('a.txt')": 6, "shelf.size('notes/v1..v2.csv')": 8, "shelf.size('caf%C3%A9.txt')": 4, "shelf.size('empty.txt')": 0,
        "shelf.size('notes/deep/../b.md')": 29, "shelf.size('50%25.txt')": 5,
        "shelf.listing('notes')": ["C.TXT", "b.md", "v1..v2.csv"], "shelf.listing('notes/')": ["C.TXT", "b.md", "v1..v2.csv"],
        "shelf.listing('notes', '.txt')": ["C.TXT"], "shelf.listing('notes/..data')": ["e.txt"], "shelf.listing('notes/deep')": ["d.txt"],
        "shelf.listing('notes%2fdeep')": ["d.txt"], "shelf.listing('', '.png')": ["pic.png"], "shelf.listing(folder='notes', suffix='.csv')": ["v1..v2.csv"],
        "shelf.folders()": ["", "docs", "notes", "notes/..data", "notes/deep"],
        "shelf.search('deep')": {"notes/deep/d.txt": 1}, "shelf.search('ALPHA')": {"a.txt": 1},
        "[each['name'] for each in catalog.cards('notes')]": ["notes/C.TXT", "notes/b.md", "notes/v1..v2.csv"],
        "catalog.title('a_b.txt', '')": "A B", "len(shelf.digest('x'))": 16,
    }


def main():
    for linked in (False, True):
        with tempfile.TemporaryDirectory(prefix="shelf-exam-") as folder:
            room = Path(folder).resolve() / "room"
            room.mkdir()
            furnish(room, linked)
            top = sorted(["...txt", "..rc.txt", ".hidden.txt", "50%.txt", "a.txt", "back\\slash.txt", "caf\u00e9.txt", "empty.txt", "secret.txt",
                          "two words.txt", "x%20y.txt", "~tilde.txt"])
            good = legitimate()
            for each in ("''", "'.'", "'./'", "'notes/..'", ""):
                good[f"shelf.listing({each})"] = top
            before = sorted((str(each), each.stat().st_size) for each in Path(folder).rglob("*"))
            names, places = out_of_it(room)
            if linked:  # `store` is the shelf under another name: only the rest lies outside
                names = [each for each in names if "store" not in each]
            bad = [f"shelf.{f}({name!r})" for name in names for f in ("read", "preview", "size")] + [f"shelf.listing({each!r})" for each in places]
            bad += [f"shelf.listing({each!r}, {suffix!r})" for each in places[:8] for suffix in (".txt", "")]
            missing = ["shelf.read('missing.txt')", "shelf.preview('notes')", "shelf.size('no/such.txt')", "shelf.listing('nowhere')", "shelf.read('')",
                       "shelf.size('notes')"]
            calls = list(good) + bad + missing
            plans = [calls + bad[::-1] + list(good), bad + list(good)]
            if not linked:
                plans += [[each] for each in list(good)[::3]] + [[each] for each in bad[::29]]
            for plan in plans:
                found, noise = answers(room, plan)
                if CANARY in noise:
                    fail("what lies outside of the shelf is printed")
                for call, (state, text) in zip(plan, found):
                    if CANARY in text:
                        fail(f"{call} gives what lies outside of the shelf")
                    if call in good and (state, text) != ("value", repr(good[call])):
                        fail(f"{call} gives {state} {text[:80]} instead of {good[call]!r}")
                    if call in missing and (state != "raised" or not text.startswith("NotFound")):
                        fail(f"{call} gives {state} {text[:80]} instead of NotFound")
                    if call.startswith("shelf.size") and call in bad and state == "value" and text in (str(len(CANARY) * 7),):
                        fail(f"{call} measures what lies outside of the shelf")
                    if call.startswith("shelf.listing") and call in bad and state == "value" and set(eval(text)) - set(top) - {"pic.png"}:
                        fail(f"{call} lists what lies outside of the shelf")
            if before != sorted((str(each), each.stat().st_size) for each in Path(folder).rglob("*")):
                fail("files come or change while the shelf is read")
            # The folder may be moved while the front end runs.
            moved = Path(folder) / "moved"
            (moved / "in").mkdir(parents=True)
            (moved / "in" / "n.txt").write_text("moved\n", encoding="utf-8")
            call = f"[setattr(shelf, 'FOLDER', {str(moved / 'in')!r}), shelf.read('n.txt'), shelf.preview('n.txt'), shelf.size('n.txt'), shelf.listing()][1:]"
            found, _ = answers(room, ["shelf.listing()", call])
            if found[1] != ["value", repr(["moved\n", ["moved"], 6, ["n.txt"]])]:
                fail(f"a shelf that is moved gives {found[1]}")
    print("the shelf keeps to its folder and serves it")


main()
