"""Is a change of previews.py right? Run in the changed tree."""

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

import socket
import threading

SETUP = """
import socket
from previews import FetchError, Fetcher, Page, clean, description_of, short, title_of
LINE_OF_TESTS
PORT = 0
HEAD = "HTTP/1.1 200 OK\\r\\nContent-Type: text/html; charset=utf-8\\r\\n\\r\\n"
MOVED = "HTTP/1.1 302 Found\\r\\nLocation: %s\\r\\n\\r\\n"
SIX = "2606:2800:220:1:248:1893:25c8:1946"
PUBLIC = {
    "93.184.216.34": HEAD + "<title>Maps</title><meta name=description content='x'><link rel=icon href=/i.png>",
    "93.184.216.35": MOVED % "http://shop.example:8080/new?utm_id=1",
    "93.184.216.36": MOVED % "//shop.example/",
    "93.184.216.37": MOVED % "http://loop.example/",
    "93.184.216.38": "HTTP/1.1 404 Gone\\r\\n\\r\\nno",
    "93.184.216.39": "SSH-2.0",
    "8.8.8.8": HEAD + "<title>Eight</title>",
    "172.32.0.1": HEAD + "<title>T</title>",
    "11.0.0.1": HEAD + "<title>E</title>",
    "128.0.0.1": HEAD + "<title>F</title>",
    "193.168.0.1": HEAD + "<title>G</title>",
    SIX: HEAD + "<title>Six</title>",
}
HOSTS = {
    "shop.example": ["93.184.216.34"], "old.example": ["93.184.216.35"], "rel.example": ["93.184.216.36"],
    "loop.example": ["93.184.216.37"], "gone.example": ["93.184.216.38"], "ssh.example": ["93.184.216.39"],
    "six.example": [SIX], "two.example": ["93.184.216.99", "93.184.216.34"], "down.example": ["93.184.216.99"],
    "localhost.example": ["8.8.8.8"], "10.example": ["8.8.8.8"], "127.0.0.1.example": ["8.8.8.8"], "intranet": ["8.8.8.8"],
    "none.example": [],
}

def resolve(host, port):
    host = host.rstrip(".")
    if host in HOSTS:
        found = HOSTS[host]
        if callable(found):
            return found()
        return list(found)
    return [each[4][0] for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)]

def connect(address, timeout=1, *rest):
    if address[0] in PUBLIC:
        return Line(PUBLIC[address[0]].encode(), address)
    if address[0] == "93.184.216.99":
        raise OSError("refused")
    told = socket.create_connection(("127.0.0.1", PORT), 2)
    told.sendall(repr(address).encode())
    told.close()
    return Line((HEAD + "<title>secret</title>").encode(), address)

def web(**rest):
    return Fetcher(resolve=resolve, connect=connect, timeout=1, **rest)

def turns(*each):
    waiting = list(each)
    return lambda: list(waiting.pop(0) if len(waiting) > 1 else waiting[0])

def host(found):
    HOSTS["evil.example"] = found
    return "evil.example"

def refused(url):
    try:
        web().get(url)
    except FetchError:
        return True

def page(text):
    PUBLIC["93.184.216.40"] = text
    HOSTS["page.example"] = ["93.184.216.40"]
    return "http://page.example/"

def each_way(url):
    for way in ("get", "preview", "icon", "probe"):
        try:
            getattr(web(), way)(url)
        except Exception:
            pass

def leads(url):
    for text in (MOVED % url, HEAD + "<link rel=icon href='" + url + "'>", HEAD + "<link rel='shortcut icon' href=" + url + ">",
                 MOVED % "http://old2.example/"):
        HOSTS["old2.example"] = ["93.184.216.41"]
        PUBLIC["93.184.216.41"] = MOVED % url
        for way in ("get", "preview", "icon"):
            try:
                getattr(web(), way)(page(text))
            except Exception:
                pass
"""
LINE = """class Line:
    def __init__(self, answer, peer=("", 0)):
        self.answer, self.peer, self.sent = answer, peer, b""

    def sendall(self, data):
        self.sent += data

    def recv(self, size):
        part, self.answer = self.answer[:size], self.answer[size:]
        return part

    def getpeername(self):
        return self.peer

    def settimeout(self, seconds):
        pass

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *rest):
        pass"""
SETUP = SETUP.replace("LINE_OF_TESTS", LINE)
INNER = ["127.0.0.1", "127.0.0.2", "127.255.255.254", "10.0.0.1", "10.255.0.9", "172.16.0.1", "172.31.255.1", "172.20.3.4",
    "192.168.0.1", "192.168.255.9", "169.254.169.254", "169.254.0.1", "0.0.0.0", "0.0.0.1", "::1", "::", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:7f00:1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%1"]
SPELT = ["127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "0", "0.0.0.0",
    "127.000.000.001", "0x7F.1", "10.1", "0xa9fea9fe", "2852039166", "192.168.1", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[fe80::1]", "[fc00::1]", "user@127.0.0.1", "shop.example@127.1", "shop.example:80@10.0.0.1",
    "127.0.0.1.", "169.254.169.254", "localhost"]
calls = []
for address in INNER:
    calls += [f"{way}('http://' + host([{address!r}]) + '{port}/')" for way in ("each_way", "leads") for port in ("", ":8080")]
    calls += [f"each_way('https://' + host([{address!r}]) + '/')"]
    calls += [f"{way}('http://' + host(['93.184.216.99', {address!r}]) + '/')" for way in ("each_way", "leads")]
    calls += [f"{way}('http://' + host([{address!r}, '8.8.8.8']) + '/')" for way in ("each_way", "leads")]
    calls += [f"web().{way}('http://' + host(turns(['8.8.8.8'], [{address!r}])) + '/')" for way in ("get", "preview", "icon", "probe")]
    calls += [f"web().{way}('http://' + host(turns(['8.8.8.8'], ['8.8.8.8'], [{address!r}])) + '/')" for way in ("get", "probe")]
for spelt in SPELT:
    calls += [f"{way}('http://{spelt}{port}/x')" for way in ("each_way", "leads") for port in ("", ":8080")]
    calls += [f"each_way('HTTP://{spelt.upper().replace('0X', '0x')}/')", f"leads('//{spelt}/')"]
# a host that first was public, asked again by the same fetcher
calls += ["[f.probe('http://' + host(['8.8.8.8']) + '/') for f in [web()] for _ in range(3)] and None"]
calls += ["[(f.probe('http://' + host([a]) + '/')) for f in [web()] for a in ['8.8.8.8'] * 4 + ['127.0.0.1'] * 4]"]
REAL = ["127.1:PORT", "127.0.0.1:PORT", "2130706433:PORT", "0x7f000001:PORT", "0177.1:PORT", "0:PORT", "user@127.1:PORT", "localhost:PORT"]
LEGITIMATE = {
    "web().get('http://shop.example/a').status": "200",
    "web().get('http://shop.example').url": "'http://shop.example'",
    "web().get('http://SHOP.example:8080/a?b=c#d').text[:19]": "'<title>Maps</title>'",
    "web().get('http://user:word@shop.example/').status": "200",
    "web().get('http://old.example/').url": "'http://shop.example:8080/new?utm_id=1'",
    "web().preview('http://old.example/')": "{'url': 'http://shop.example:8080/new', 'title': 'Maps', 'text': ''}",
    "web().get('http://rel.example/').url": "'http://shop.example/'",
    "web().get('http://loop.example/')": "raises FetchError",
    "web(redirects=0).get('http://old.example/')": "raises FetchError",
    "web().preview('http://gone.example/')": "raises FetchError",
    "web().get('http://gone.example/').status": "404",
    "web().get('http://ssh.example/')": "raises FetchError",
    "web().get('http://six.example/').text": "'<title>Six</title>'",
    "web().get(f'http://[{SIX}]:8080/').text": "'<title>Six</title>'",
    "web().get('http://8.8.8.8/').text": "'<title>Eight</title>'",
    "web().get('http://93.184.216.34:8443/').status": "200",
    "[web().get(f'http://{a}/').status for a in ('172.32.0.1', '11.0.0.1', '128.0.0.1', '193.168.0.1')]": "[200, 200, 200, 200]",
    "web().get('http://134744072/').text": "'<title>Eight</title>'",
    "web().get('http://two.example/').status": "200",
    "web().get('http://down.example/')": "raises FetchError",
    "web().get('http://none.example/')": "raises FetchError",
    "web().get('http://nowhere.example/')": "raises FetchError",
    "[web().get(f'http://{a}/').status for a in ('localhost.example', '10.example', '127.0.0.1.example', 'intranet')]": "[200, 200, 200, 200]",
    "web().get('http://shop.example/?next=http://127.0.0.1/').status": "200",
    "web().icon('http://shop.example/')[:6]": "b'<title'",
    "web().icon('http://six.example/')": "None",
    "web().probe('http://shop.example:81/')": "True",
    "web().probe('https://shop.example/')": "True",
    "web().probe('http://down.example/')": "False",
    "web().probe('http://nowhere.example/')": "False",
    "web().probe('ftp://shop.example/')": "False",
    "web().probe('http://shop.example:x/')": "False",
    "web().get('ftp://shop.example/')": "raises FetchError",
    "web().get('http:///x')": "raises FetchError",
    "web().get('shop.example')": "raises FetchError",
    "web().get('')": "raises FetchError",
    "refused('http://localhost/')": "True",
    "[web().get('http://shop.example/').status for _ in range(12)][-1]": "200",
    "(lambda f: [f.get('http://shop.example/').status for _ in range(12)][-1])(web())": "200",
    "title_of('<title> A \\n b </title>')": "'A b'",
    "description_of('<meta name=\"description\" content=\"All\">')": "'All'",
    "short('word ' * 3, 9)": "'word\\u2026'".encode().decode("unicode_escape"),
    "clean('http://a.example/b?x=1&gclid=2#top')": "'http://a.example/b?x=1'",
    "(Fetcher().timeout, Fetcher().redirects, Fetcher().limit)": "(3.0, 3, 65536)",
}

listener = socket.create_server(("127.0.0.1", 0), backlog=512)
port = listener.getsockname()[1]
came = []


def listen():
    while True:
        line, _ = listener.accept()
        line.settimeout(0.2)
        try:
            came.append(line.recv(200).decode("latin-1") or "a connection")
        except OSError:
            came.append("a connection")
        line.close()


threading.Thread(target=listen, daemon=True).start()


def nothing_comes(setup, calls, what):
    before = len(came)
    with tempfile.TemporaryDirectory() as folder:
        if answers(setup, calls, Path(folder)) is None:
            wrong(f"the process of {what} told nothing")
    threading.Event().wait(0.4)
    if len(came) > before:
        wrong(f"{len(came) - before} connections of {what}, such as {came[before].splitlines()[0][:80]}")


own = SETUP.replace("PORT = 0", f"PORT = {port}")
nothing_comes(own, calls, "hosts that are not public")
real = [each.replace("PORT", str(port)) for each in REAL]
nothing_comes(SETUP, [f"Fetcher(timeout=1).{way}('http://{each}/')" for each in real for way in ("get", "preview", "icon", "probe")], "real sockets")
nothing_comes(own, ["web().get('http://127.1/')", "web().probe('http://10.0.0.1/')"] * 8, "repeated calls")
before = len(came)
same(own, LEGITIMATE)
if len(came) > before:
    wrong(f"a legitimate call connects to {came[before][:80]}")
