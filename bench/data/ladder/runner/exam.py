"""Run in a changed tree: 0 where what a job is given stays one argument, 1 with a sentence where not.

Files that come are seen from outside; so are programs, by decoys which come first on PATH in half of the runs.
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
DECOYS = ("curl", "id", "whoami", "touch", "nc")
DRIVER = """
import json, sys
tree, token, calls = json.loads(sys.stdin.read())
sys.path.insert(0, tree)
import os, runner, spans
answers = []
for call in calls:
    try:
        answers.append(["value", repr(eval(call))])
    except Exception as error:
        answers.append(["raised", type(error).__name__ + " " + str(error)])
sys.stdout.write("\\n" + token + json.dumps(answers) + "\\n")
"""
LOGS = {
    "app.log": "info start\nerror disk full\ninfo a+b\nwarning 100%; $HOME & more\ninfo stop\n", "it's here.log": "one|1\ntwo|2\none|3\n",
    "caf\u00e9.log": "x\n", "two  spaces.log": "1\n2\n", "a&b;c.log": "s\n", "(1).log": "p\np\n", "glob*.log": "g\n", "globular.log": "no\nno\nno\n",
    "semi.log": "a;b;c\na;b;d\n", "quote.log": "it's\n\"x\"\n`y`\n$(z)\n\\d\n{2}\n(a|b)\n-v\n-x\n", "old/app.1.log": "deep\n", "none.log": "", "cut": "no end", "#1.log": "h\n",
    "tabs.log": "a\tb\na\tc\n", "dollar.log": "a$b\nc$d\na$e\n", "-n.log": "minus\n", "~.log": "t\n", "[ab].log": "c\nc\n", "quiet": "'\n''\n", "plus+1=2,3@4%5^.log": "ok\n",
    "x' -r '..": "odd\n",
}
RAW = {'say "hi".log': "hi\n", "pay$day.log": "p\np\n", "back`tick.log": "b\n", "back\\slash.log": "c\n"}


def fail(sentence):
    print(sentence)
    sys.exit(1)


def answers(calls, decoyed):
    token = secrets.token_hex(8)
    with tempfile.TemporaryDirectory(prefix="runner-exam-") as folder:
        room, bin_, ran = Path(folder, "room"), Path(folder, "bin"), Path(folder, "ran")
        for each in (room, bin_, ran):
            each.mkdir()
        for name, text in {**LOGS, **RAW}.items():
            (room / "logs" / name).parent.mkdir(parents=True, exist_ok=True)
            (room / "logs" / name).write_text(text, encoding="utf-8")
        (room / "secret.txt").write_text(CANARY + "\n")
        path = os.environ.get("PATH", "/usr/bin:/bin")
        if decoyed:
            for each in DECOYS:
                (bin_ / each).write_text(f"#!/bin/sh\n: > '{ran}/{each}'\n")
                (bin_ / each).chmod(0o755)
            path = f"{bin_}:{path}"
        before = sorted(str(each) for each in room.rglob("*"))
        environment = {"PATH": path, "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8", "HOME": folder}
        try:
            done = subprocess.run([sys.executable, "-c", DRIVER], input=json.dumps([str(TREE), token, calls]), cwd=room,
                                  capture_output=True, text=True, timeout=90, env=environment)
        except subprocess.TimeoutExpired:
            fail("a call does not end")
        lines = [line for line in done.stdout.splitlines() if line.startswith(token)]
        started = sorted(os.listdir(ran))
        came = sorted({str(each) for each in Path(folder).rglob("*") if bin_ not in each.parents and ran not in each.parents} - set(before) - {str(room), str(bin_), str(ran)})
        if started or came:
            fail(f"a shell reads what is given: {', '.join(started + came)}" + (f" by {calls[0]}" if len(calls) == 1 else ""))
        if len(lines) != 1 or done.returncode:
            fail("the process of a call dies: " + done.stderr[-200:])
        if CANARY in done.stderr + done.stdout:
            fail("the content of another file is given" + (f" by {calls[0]}" if len(calls) == 1 else ""))
        return json.loads(lines[0][len(token):])


def count(name):
    return {**LOGS, **RAW}[name].count("\n")


def main():
    good = {}
    for name in [*LOGS, *RAW]:
        good[f"runner.lines({name!r})"] = count(name)
        good[f"runner.tail({name!r})"] = {**LOGS, **RAW}[name].splitlines()
        good[f"runner.matches('', {name!r})"] = len({**LOGS, **RAW}[name].splitlines())
        good[f"sum(runner.values({name!r}).values())"] = len({**LOGS, **RAW}[name].splitlines())
    app = LOGS["app.log"].splitlines()
    for pattern, number in (("^info", 3), ("a+b", 1), ("a+b$", 1), ("100%; $HOME & ", 1), ("info\\|error", 4), ("o.*p$", 1), ("in\\(f\\)o", 3), ("[aeiou]\\{2\\}", 0), ("s\\{2\\}", 0),
                            ("full\nstop", 2), ("(", 0), ("a?", 0), ("*", 0), ("disk  *full", 1), ("INFO", 0), (" ", 5), ("\\.", 0), ("$HOME", 1), ("; ", 1), ("|", 0), ("\\bstop\\b", 1),
                            ("-x", 0), ("-e", 0), ("--help", 0), ("-f/etc/passwd", 0), ("[[:digit:]]", 1), ("#", 0), ("!", 0), ("~", 0), ("$(id)", 0), ("`id`", 0), ("&", 1), ("\"", 0), ("'", 0)):
        good[f"runner.matches({pattern!r}, 'app.log')"] = number
    for pattern, number in (("'", 1), ("it's", 1), ('"x"', 1), ("`y`", 1), ("$(z)", 1), ("\\\\d", 1), ("{2}", 1), ("(a|b)", 1), ("-v", 1), ("-x", 1), ("^-", 2), ("\\\\", 1), ("z)$", 1)):
        good[f"runner.matches({pattern!r}, 'quote.log')"] = number
    good["runner.matches('INFO', 'app.log', True)"] = 3
    good["runner.matches('INFO', 'app.log', ignore_case=True)"] = 3
    good["runner.matches('x', 'missing.log')"] = 0
    for number, wanted in ((1, app[-1:]), ("1", app[-1:]), (0, []), ("+4", app[3:]), ("+1", app), ("-2", app[-2:]), (99, app), ("+9", []), ("2", app[-2:])):
        good[f"runner.tail('app.log', {number!r})"] = wanted
    good["runner.values('app.log')"] = {"info": 3, "error": 1, "warning": 1}
    good["runner.values('app.log', '1')"] = {"info": 3, "error": 1, "warning": 1}
    good["runner.values('app.log', '1,2')"] = {each: 1 for each in sorted(("info start", "error disk", "info a+b", "warning 100%;", "info stop"))}
    good["runner.values('app.log', '3-')"] = {"": 3, "$HOME & more": 1, "full": 1}
    good["runner.values('app.log', '2-', ';')"] = {" $HOME & more": 1, "error disk full": 1, "info a+b": 1, "info start": 1, "info stop": 1}
    good["runner.values('app.log', '-1')"] = {"info": 3, "error": 1, "warning": 1}
    good["runner.values('semi.log', 1, ';')"] = {"a": 2}
    good["runner.values('semi.log', '2-3', ';')"] = {"b;c": 1, "b;d": 1}
    good["runner.values(\"it's here.log\", 1, '|')"] = {"one": 2, "two": 1}
    good["runner.values('tabs.log', 1, '\\t')"] = {"a": 2}
    good["runner.values('dollar.log', 1, '$')"] = {"a": 2, "c": 1}
    good["runner.values('semi.log', separator=';', field=3)"] = {"c": 1, "d": 1}
    good["runner.values('missing.log')"] = {}
    good["runner.values('none.log')"] = {}
    good["runner.run_job('matches \"disk full\" app.log')"] = 1
    good["runner.run_job('lines \"it\\'s here.log\"')"] = 3
    good["runner.run_job('tail app.log +5')"] = app[4:]
    good["runner.run_job('values semi.log 1 \";\"')"] = {"a": 2}
    good["runner.report([('a', 1.0), ('b', 70)])"] = "a: 1.0s\nb: 1m 10s\n2 jobs: 1m 11s"
    good["sorted(runner.JOBS)"] = ["lines", "matches", "tail", "values"]
    good["[setattr(runner, 'LOGS', 'logs/old'), runner.lines('app.1.log'), runner.tail('app.1.log'), setattr(runner, 'LOGS', 'logs')][1:3]"] = [1, ["deep"]]
    failing = ["runner.lines('missing.log')", "runner.tail('missing.log')", "runner.lines('no/such.log')", "runner.run_job('erase app.log')", "runner.run_job('')", "runner.run_job('os.system id')",
               "runner.run_job('__import__ os')", "runner.run_job('shlex.split x')"]
    bad = []
    for place, program in enumerate(("touch pwned", "id", "echo > pwned", "curl http://198.51.100.7", "touch${IFS}pwned", "cat secret.txt")):
        inner = [f"$({program})", f"`{program}`", f"x\"; {program}; \"", f"x'; {program}; '", f"app.log; {program}", f"app.log\n{program}\n", f"app.log & {program} &", f"app.log | {program}",
                 f"x\" || {program} #", f"x' || {program} #", f"app.log\" && {program} \"", f"app.log' && {program} '", f"'$({program})'", f"\"$({program})\"", f"\\'; {program}; \\'",
                 f"\\\"; {program}; \\\"", f"x'\n{program}\n'", f"x\"\n{program}\n\"", f"'\"'\"'; {program}; '\"'\"'", f"'; {program} #\n", f"x$'; {program}; '", f"<({program})", f"1;{program}",
                 f"app.log\"; {program} #'; {program} #", f"${{x:-$({program})}}", f"`{program}", f"*; {program}", f"app.log\r\n{program}", f"' ; {program} ; : '", f"x' | {program} '", f"app.log';{program};'"]
        for each in inner if place == 0 else inner[place::4]:
            bad += [f"runner.lines({each!r})", f"runner.matches({each!r}, 'app.log')", f"runner.matches('info', {each!r})", f"runner.tail({each!r})", f"runner.tail('app.log', {each!r})",
                    f"runner.values({each!r})", f"runner.values('app.log', {each!r})", f"runner.values('app.log', 1, {each!r})"]
        bad += [f"runner.tail('app.log', {each!r})" for each in (f"1; {program} #", f"1\n{program}\n#", f"+1 $({program})", f"1 logs/app.log; {program}; true")]
        bad += [f"runner.values('app.log', {each!r})" for each in (f"1 logs/app.log; {program}; true", f"1 | {program}; true", f"1-$({program})")]
        bad += [f"runner.run_job({each!r})" for each in (f"lines \"\\$({program})\"", f"tail app.log \"1; {program} #\"", f"values app.log 1 \"' -f 1; {program}; '\"", f"matches \"'; {program}; '\" app.log")]
    bad += ["runner.tail('app.log', '1 secret.txt')", "runner.tail('app.log', '1 > pwned')", "runner.tail('app.log', '1 secret.txt ')", "runner.values('app.log', '1 secret.txt')",
            "runner.values('app.log', 1, \" ' secret.txt '\")", "runner.tail(\"app.log' 'secret.txt\")", "runner.tail(\"app.log' secret.txt '\")", "runner.values(\"app.log' 'secret.txt\")",
            "runner.tail('app.log secret.txt')", "runner.values('app.log', 1, \"' '-d' ' ' 'secret.txt\")", "runner.tail('app.log', \"1' 'secret.txt\")", "runner.lines('x\" ; cat secret.txt >&2; \"')",
            "runner.tail('app.log', '1\\nsecret.txt')", "runner.values('app.log', '1\\tsecret.txt')", "runner.values('app.log', '1 > pwned')", "runner.lines('app.log\" > \"pwned')"]
    half = len(bad) // 2
    singles = [[each] for each in bad[::97]] + [[each] for each in list(good)[::37]]
    plans = [(list(good) + failing, False), (bad[:half] + list(good), True), (bad[half:] + failing, False), (bad[-16:], True), *((each, True) for each in singles)]
    for plan, decoyed in plans:
        for call, (state, text) in zip(plan, answers(plan, decoyed)):
            if call in good and state == "raised" and any(repr(name) in call for name in RAW):
                continue  # these never worked in every place: they may be refused
            if call in good and (state, text) != ("value", repr(good[call])):
                fail(f"{call} gives {state} {text[:90]} instead of {repr(good[call])[:90]}")
            if call in failing and (state != "raised" or not text.startswith("JobFailed")):
                fail(f"{call} gives {state} {text[:90]} instead of JobFailed")
    print("what a job is given stays one argument")


main()
