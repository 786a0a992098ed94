"""Exam of a change to multipart: run in the changed tree; exit 0 where it is right, 1 and a sentence where it is not."""

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile

TREE = os.getcwd()
LIMIT = 1.0  # seconds of CPU for one header
CHILD = """
import json, resource, sys, threading, time
resource.setrlimit(resource.RLIMIT_CPU, (5, 5))
sys.path.insert(0, sys.argv[1])
from multipart import FormParserError, create_form_parser, disposition_of, parse_options_header

def form(value):
    parser = create_form_parser({"Content-Type": value}, None, None)
    return parser.content_type, parser.boundary

calls = {"header": parse_options_header, "part": lambda value: disposition_of({b"Content-Disposition": value}), "form": form}
with open(sys.argv[2]) as file:
    cases = json.load(file)

def work():
    for number, (how, kind, text) in enumerate(cases):
        value = text.encode("latin-1") if kind == "bytes" else text
        before = time.process_time()
        try:
            answer = repr(calls[how](value))
        except Exception as error:
            answer = f"raised {type(error).__name__}"
        print(json.dumps([number, answer, time.process_time() - before]), flush=True)

if sys.argv[3] == "thread":
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
else:
    work()
print("end", flush=True)
"""


def fail(sentence):
    print(sentence)
    sys.exit(1)


def asked(cases, where="main"):
    with tempfile.TemporaryDirectory() as room:
        path = os.path.join(room, "cases.json")
        with open(path, "w") as file:
            json.dump(cases, file)
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "MULTIPART"))}
        command = [sys.executable, "-B", "-W", "ignore", "-c", CHILD, TREE, path, where]
        try:
            done = subprocess.run(command, cwd=room, capture_output=True, timeout=120, check=False, env=environment)
            text, ended = done.stdout, True
        except subprocess.TimeoutExpired as error:
            done, text, ended = None, error.stdout or b"", False
        lines = text.decode().splitlines()
        answers = [json.loads(each) for each in lines if each.startswith("[")]
        for number, answer, cpu in answers:
            if cpu > LIMIT:
                fail(f"{shown(cases[number])} takes {cpu:.1f} seconds")
        if not ended:
            fail(f"{shown(cases[len(answers)])} does not end")
        if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
            fail(f"{shown(cases[min(len(answers), len(cases) - 1)])} takes so long that the process is ended")
        if len(answers) != len(cases) or lines[-1:] != ["end"]:
            fail(f"the process ends at {shown(cases[min(len(answers), len(cases) - 1)])}: {done.stderr.decode()[-200:]}")
        if sorted(os.listdir(room)) != ["cases.json"]:
            fail("files are left")
        return [answer for _, answer, _ in answers]


def shown(case):
    how, kind, text = case
    return f"{how} of {kind} {text[:60]!r}{'...' if len(text) > 60 else ''} ({len(text)})"


def hostile():
    slash = "\\"
    texts = []
    for key in ("!", "charset", "boundary", "x", "name", "filename"):
        for count in (24, 40, 64, 200, 1000, 4000, 7000):
            texts.append(f'text/plain; {key}="' + slash * count)
            texts.append(f'text/plain; {key}="' + (slash + "a") * (count // 2))
    for count in (40, 400, 3500):
        texts += [
            'text/plain; a="b"; c="' + slash * count,
            'text/plain; a="' + (slash + '"') * count,
            'text/plain; a="' + (slash + ";") * count,
            'text/plain; a="' + (slash * 2 + "b") * count,
            'text/plain; a="x' + slash * count + "; b=c",
            'text/plain; a="' + (slash + "\n") * count,
            'text/plain; a="' + (slash + "\xe9") * count,
            "text/plain;" + 'a="' * count,
            "text/plain" + ';a="' * count,
            'text/plain; q="' + slash * count + '"; r="' + slash * count,
            'a"; b="' + slash * count,
            'text/plain; a = "' + slash * count,
            'text/plain; A="' + slash * count,
            ';="' + slash * count,
        ]
    for blank in "\x0b\x0c\n\r \t":
        for count in (500, 4000, 7000):
            texts += ["text/plain;" + blank * count, "text/plain; x" + blank * count, "text/plain; x=" + blank * count,
                      "text/plain;" + blank * count + "a", "text/plain; a=b;" + blank * count + '="']
    texts += ["text/plain" + ";" * 7000, "text/plain;" + "a" * 7000, "text/plain" + ";a=b" * 1700, "text/plain;" + "=" * 7000,
              "text/plain;" + "a;" * 3500, "text/plain;" + "a=" * 3500, "text/plain;" + '"' * 7000, "text/plain" + '; a="b"' * 1000]
    return texts


LEGIT = [
    ("application/json", (b"application/json", {})),
    ("Application/JSON ", (b"application/json", {})),
    ("application/json;par=val", (b"application/json", {b"par": b"val"})),
    ("application/json; PAR=Val", (b"application/json", {b"par": b"Val"})),
    ("Text/HTML; charset=UTF-8", (b"Text/HTML", {b"charset": b"UTF-8"})),
    ('a/b; x="y;z=w"; v=1', (b"a/b", {b"x": b"y;z=w", b"v": b"1"})),
    ('a/b; x="say \\"hi\\""; v=1', (b"a/b", {b"x": b'say "hi"', b"v": b"1"})),
    ('a/b; x="back\\\\slash"', (b"a/b", {b"x": b"back\\slash"})),
    ('a/b; x=""', (b"a/b", {b"x": b""})),
    ('a/b; x="a"; x=b', (b"a/b", {b"x": b"b"})),
    ("a/b; x = y ; z = \"w\"", (b"a/b", {b"x": b"y", b"z": b"w"})),
    ("a/b;x=y;z=w", (b"a/b", {b"x": b"y", b"z": b"w"})),
    ('form-data; name="f"; filename="C:\\Users\\ann\\my file.txt"', (b"form-data", {b"name": b"f", b"filename": b"my file.txt"})),
    ('form-data; name="f"; filename="\\\\\\\\host\\\\share\\\\x.doc"', (b"form-data", {b"name": b"f", b"filename": b"x.doc"})),
    ('form-data; name="r\xe9sum\xe9"', (b"form-data", {b"name": b"r\xe9sum\xe9"})),
    ('form-data; name="a b/c,d:e<f>(g)@[h]?{i}=j"', (b"form-data", {b"name": b"a b/c,d:e<f>(g)@[h]?{i}=j"})),
    ("multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
     (b"multipart/form-data", {b"boundary": b"----WebKitFormBoundary7MA4YWxkTrZu0gW"})),
    ("multipart/form-data; boundary=---------------------------9051914041544843365972754266",
     (b"multipart/form-data", {b"boundary": b"---------------------------9051914041544843365972754266"})),
    ('multipart/form-data; boundary="a b\'+_.-c"; charset=x', (b"multipart/form-data", {b"boundary": b"a b'+_.-c", b"charset": b"x"})),
    ("a/b; x-y.z_1=1; !=2; $a=3", (b"a/b", {b"x-y.z_1": b"1", b"!": b"2", b"$a": b"3"})),
    ('form-data; name="%s"' % ("n; " * 900), (b"form-data", {b"name": b"n; " * 900})),
    ('form-data; name="%s"' % ('\\"' * 900), (b"form-data", {b"name": b'"' * 900})),
    ('form-data; name="%s"' % ("\\\\" * 900), (b"form-data", {b"name": b"\\" * 900})),
    ('form-data; filename="100%25 %2e%2e%2fx.txt"', (b"form-data", {b"filename": b"100%25 %2e%2e%2fx.txt"})),
    ('form-data; filename="a\\b.txt"', (b"form-data", {b"filename": b"a\\b.txt"})),
    ('a/b; p1=1; p2="2"; p3=3; p4="4;4"; p5="5=5"; p6=6', (b"a/b", {b"p1": b"1", b"p2": b"2", b"p3": b"3", b"p4": b"4;4", b"p5": b"5=5", b"p6": b"6"})),
    ("a/b; " + "; ".join(f"k{number}=v{number}" for number in range(200)), (b"a/b", {f"k{n}".encode(): f"v{n}".encode() for n in range(200)})),
]


def main():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for kind in ("bytes", "str"):
        got = asked([["header", kind, text] for text, _ in LEGIT], "thread")
        for (text, expected), answer in zip(LEGIT, got):
            if answer != repr(expected):
                fail(f"header {text[:80]!r} as {kind} gives {answer[:160]}, not {repr(expected)[:160]}")
    got = asked([["part", "bytes", 'form-data; name="f;1"; filename="C:\\a\\b.txt"'], ["part", "bytes", "form-data; name=f"],
                 ["form", "str", 'application/octet-stream; boundary="x y"'], ["form", "str", "application/octet-stream"],
                 ["form", "str", "text/plain; a=b"], ["header", "bytes", ""], ["header", "str", ""]])
    wanted = ["(b'f;1', b'b.txt')", "(b'f', None)", "('application/octet-stream', b'x y')", "('application/octet-stream', None)",
              "raised FormParserError", "(b'', {})", "(b'', {})"]
    for answer, each in zip(got, wanted):
        if answer != each:
            fail(f"{answer} where {each} is expected")
    texts = hostile()
    asked([["header", "bytes", text] for text in texts])
    asked([["header", "str", text] for text in texts[::3]], "thread")
    asked([["part", "bytes", text] for text in texts[1::3]])
    asked([["form", "str", "application/octet-stream" + text[text.find(";"):]] for text in texts[2::3]])
    asked([["header", "bytes", 'a/b; c="' + "\\" * (2000 + number)] for number in range(60)])


main()
