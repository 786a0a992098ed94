"""Run in a changed tree: 0 where no HTTPS request carries the credentials of a proxy, and all else is as it was; 1 with a sentence where not.

What is expected is worked out here, by rules of its own; the changed code runs in processes of its own.
"""

import base64
import itertools
import json
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

TREE = Path.cwd().resolve()
DRIVER = r"""
import json, os, sys
tree, token, calls = json.loads(sys.stdin.read())
sys.path.insert(0, tree)
from client import models, sessions, utils
from client.models import PreparedRequest, Response
from client.sessions import Session

class Server:
    def __init__(self, ways):
        self.ways, self.seen = list(ways), []
    def send(self, request, proxies=None):
        self.seen.append([request.method, request.url, sorted(dict(request.headers).items()), sorted(dict(proxies).items()), request.body])
        status, location = self.ways.pop(0) if self.ways else (200, None)
        return Response(status, {"Location": location} if location else {})

def environ(values):
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            del os.environ[name]
    os.environ.update(values)

def rebuild(url, proxies, headers, env, trust):
    environ(env)
    session = Session()
    session.trust_env = trust
    request = PreparedRequest("GET", url, headers)
    given = dict(proxies) if proxies is not None else None
    before = dict(os.environ)
    new = session.rebuild_proxies(request, given)
    if new is given and given is not None or given != proxies:
        return "the proxies of the caller are handed back or changed"
    if dict(os.environ) != before:
        return "the environment changes"
    return [type(new).__name__, sorted(new.items()), sorted(dict(request.headers).items()), request.url, request.method, type(request.headers).__name__]

def travel(first, ways, proxies, headers, env, trust, auth=None, method="GET", own=None):
    environ(env)
    session = Session()
    session.trust_env = trust
    session.proxies = dict(own or {})
    server = Server(ways)
    session.mount("http://", server)
    session.mount("https://", server)
    given = dict(proxies) if proxies is not None else None
    response = session.request(method, first, headers=headers, proxies=given, auth=tuple(auth) if auth else None)
    if given != proxies:
        return "the proxies of the caller are changed"
    return [server.seen, response.url, response.status_code, [each.status_code for each in response.history]]

def step(location, url, proxies, headers, status=302):
    environ({})
    session = Session()
    session.trust_env = False
    request = PreparedRequest("GET", url, headers)
    response = Response(status, {"Location": location}, url, request)
    found = next(session.resolve_redirects(response, request, proxies=proxies, yield_requests=True))
    if dict(request.headers) != headers:
        return "the request before the redirect is changed"
    return [found.url, sorted(dict(found.headers).items())]

answers = []
for name, args in calls:
    try:
        if name == "eval":
            answers.append(["value", eval(args[0])])
        else:
            answers.append(["value", globals()[name](*args)])
    except Exception as error:
        answers.append(["raised", type(error).__name__ + " " + str(error)])
sys.stdout.write("\n" + token + json.dumps(answers) + "\n")
"""


def fail(sentence):
    print(sentence)
    sys.exit(1)


def asked(room, calls):
    token = secrets.token_hex(8)
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8", "HOME": str(room),
                   "NETRC": str(room / "nowhere")}
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


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode("latin1")).decode()


class Proxy:
    """An address with what it authenticates with, or nothing."""

    def __init__(self, url, header=None):
        self.url, self.header = url, header


def plain(url):
    return url.lower().startswith("http:")


def main():
    word = "c" + secrets.token_hex(5)
    other = "d" + secrets.token_hex(5)
    host = f"{secrets.token_hex(3)}.example"
    far = f"{secrets.token_hex(3)}.invalid"
    known = [
        Proxy(f"http://user:{word}@proxy.test:3128", basic("user", word)),
        Proxy(f"https://user:{word}@proxy.test:3129", basic("user", word)),
        Proxy(f"HTTP://{word}:{other}@10.0.0.9", basic(word, other)),
        Proxy(f"http://a%40b:{word}%2F%3A{other}@[::1]:8080/", basic("a@b", f"{word}/:{other}")),
        Proxy(f"http://us%20er:{word}@localhost", basic("us er", word)),
        Proxy("http://proxy.test:3128"),
        Proxy("http://user@proxy.test"),
        Proxy("http://user:@proxy.test"),
        Proxy(f"http://:{word}@proxy.test"),
    ]
    http = [f"http://{host}/", f"http://{host}:8080/a?b=c", "http://127.0.0.5/x", "HTTP://Upper.example/", f"http://{host}:443/", "http://https.example/https",
            f"http://{far}/?next=https://{host}/"]
    https = [f"https://{host}/", f"https://{host}:8443/a?b=c#d", f"HTTPS://{far}/", "https://127.0.0.1/", f"HttpS://{host}/x", f"https://{host}:80/",
             "https://[::1]:9000/", "https://http.example/?u=http://x", "https://localhost/", "https://user:pw@shop.test/", f"https://{host}"]
    calls, wanted = [], []

    def rebuilt(url, proxies, headers, env=None, trust=False, comes=None):
        """`comes`: the proxy that the environment gives."""
        scheme = "http" if plain(url) else "https"
        known_by = {key: each for key, each in (proxies or {}).items()}
        new = {key: each.url for key, each in known_by.items()}
        if comes is not None:
            new.setdefault(scheme, comes.url)
            known_by.setdefault(scheme, comes)
        kept = {key: text for key, text in headers.items() if key.lower() != "proxy-authorization"}
        if scheme == "http" and scheme in known_by and known_by[scheme].header:
            kept["Proxy-Authorization"] = known_by[scheme].header
        calls.append(["rebuild", [url, None if proxies is None else {key: each.url for key, each in proxies.items()}, headers, env or {}, trust]])
        wanted.append(["dict", sorted(map(list, new.items())), sorted(map(list, kept.items())), url, "GET", "CaseInsensitiveDict"])

    old = [{}, {"Accept": "*/*"}, {"Proxy-Authorization": "Basic old", "X": "1"}, {"proxy-authorization": "Basic old", "Authorization": "Basic mine"},
           {"PROXY-AUTHORIZATION": basic("user", word)}]
    for (number, url), each in itertools.product(enumerate(http + https), known):
        rebuilt(url, {"http": each, "https": each}, old[number % len(old)])
    for url, headers in itertools.product((http[0], http[1], https[0], https[1], https[2], https[6]), old):
        rebuilt(url, None, headers)
        rebuilt(url, {}, headers)
        rebuilt(url, {"http": known[0]}, headers)
        rebuilt(url, {"https": known[0]}, headers)
        rebuilt(url, {"https": known[1], "http": known[5]}, headers)
        rebuilt(url, {"https": known[5], "http": known[3]}, headers)
        rebuilt(url, {"all": known[0]}, headers)
        rebuilt(url, {f"https://{host}": known[0], f"http://{host}": known[2], "ftp": known[0]}, headers)
    for key, name in ((known[0], "lower"), (known[3], "upper")):
        for trust, url in itertools.product((True, False), (http[0], http[2], https[0], https[2], https[3])):
            names = {"http_proxy": key.url, "https_proxy": key.url}
            if name == "upper":
                names = {"HTTPS_PROXY": key.url, "http_proxy": key.url}
            rebuilt(url, {}, {"Proxy-Authorization": "Basic old"}, names, trust, key if trust else None)
            rebuilt(url, {"http": known[2], "https": known[2]}, {}, names, trust, key if trust else None)
            rebuilt(url, {}, {}, {"all_proxy": key.url}, trust, key if trust else None)
            rebuilt(url, {}, {"A": "b"}, {**names, "no_proxy": f"{host},127.0.0.0/8,127.0.0.1,{far}"}, trust)
    # Journeys: what each hop is sent.
    journeys = []

    def journey(first, hops, proxies, headers=None, env=None, trust=False, comes=None, auth=None, method="GET", own=None):
        """`hops`: status, location, address that it leads to, method there, whether Authorization and body headers go on."""
        headers = headers or {}
        sent = {key: each.url for key, each in (proxies or {}).items()}
        by = {**(own or {}), **(comes or {}), **(proxies or {})}
        kept = dict(headers)
        if auth:
            kept["Authorization"] = basic(*auth)
        rows = [[method, first, sorted(map(list, kept.items())), sorted([key, each.url] for key, each in by.items()), None]]
        for _, _, url, verb, keeps in hops:
            kept = {key: text for key, text in kept.items() if key.lower() != "proxy-authorization"}
            if not keeps:
                kept.pop("Authorization", None)
            scheme = "http" if plain(url) else "https"
            if scheme == "http" and scheme in by and by[scheme].header:
                kept["Proxy-Authorization"] = by[scheme].header
            rows.append([verb, url, sorted(map(list, kept.items())), rows[0][3], None])
        calls.append(["travel", [first, [[status, location] for status, location, *_ in hops], sent if proxies is not None else None, headers, env or {},
                                 trust, auth, method, {key: each.url for key, each in (own or {}).items()}]])
        wanted.append([rows, rows[-1][1], 200, [status for status, *_ in hops]])
        journeys.append(calls[-1])

    for each in known:
        both = {"http": each, "https": each}
        for status in (301, 302, 303, 307, 308):
            journey(f"http://{host}/", [(status, f"https://{host}/", f"https://{host}/", "GET", True)], both, {"A": "b"})
            journey(f"http://{host}/", [(status, f"https://{far}/", f"https://{far}/", "GET", False)], both, auth=["me", "mine"])
            journey(f"https://{host}/", [(status, "/b", f"https://{host}/b", "GET", True)], both, auth=["me", "mine"])
            journey(f"http://{host}/", [(status, "/b", f"http://{host}/b", "GET", True)], both, auth=["me", "mine"])
        journey(f"http://{host}/", [(302, "https://x.test/", "https://x.test/", "GET", True), (302, f"http://{far}/", f"http://{far}/", "GET", True),
                                    (302, "//y.test/", "http://y.test/", "GET", True), (302, "HTTPS://Y.test/z", "https://Y.test/z", "GET", True),
                                    (307, "//y.test:444/", "https://y.test:444/", "GET", True), (301, "q", "https://y.test:444/q", "GET", True),
                                    (301, "http://y.test:444/q", "http://y.test:444/q", "GET", True)], both, {"Proxy-Authorization": "Basic own"})
        journey(f"http://{host}/#top", [(302, f"http://{host}/p", f"http://{host}/p#top", "GET", True), (302, "https://z.test/", "https://z.test/#top", "GET", False)],
                {"http": each, "https": known[0]}, auth=["me", "mine"])
        journey(f"http://{host}/", [(302, f"https://{host}/", f"https://{host}/", "GET", True)], {"http": known[5], "https": each})
        journey(f"http://{host}/", [(302, f"https://{host}/", f"https://{host}/", "GET", True), (302, f"http://{host}/k", f"http://{host}/k", "GET", True)],
                None, own=both)
        journey(f"http://{host}/", [(302, f"https://{host}/", f"https://{host}/", "GET", True), (302, f"http://{host}/k", f"http://{host}/k", "GET", True)],
                None, env={"http_proxy": each.url, "https_proxy": each.url}, trust=True, comes=both)
        journey(f"http://{host}/", [(302, f"https://{host}/", f"https://{host}/", "HEAD", True), (302, f"https://{host}/k", f"https://{host}/k", "HEAD", True)],
                both, method="HEAD")
    for number in range(60):  # what counts, caches or remembers gives itself away
        journey(f"http://{host}/{number}", [(302, f"https://{host}/{number}", f"https://{host}/{number}", "GET", True),
                                            (302, f"http://{host}/k", f"http://{host}/k", "GET", True)], {"http": known[0], "https": known[0]})
    long = Proxy(f"http://user:{word * 30}@proxy.test", basic("user", word * 30))
    journey(f"http://{host}/", [(302, f"https://{host}/{'a' * 3000}", f"https://{host}/{'a' * 3000}", "GET", True)], {"http": long, "https": long})
    for location, url in ((f"https://{host}/", "http://a.test/"), ("HTTPS://b.test:1/", f"http://{host}/"), ("//c.test/", "https://a.test/"), ("?x", "https://a.test/")):
        for each in known[:5]:
            calls.append(["step", [location, url, {"http": each.url, "https": each.url}, {"Proxy-Authorization": each.header, "B": "c"}]])
            wanted.append(["*", [["B", "c"]]])
    # What has nothing to do with it goes on as it was.
    rest = {
        "list(utils.get_auth_from_url('https://u:p%20q@h/'))": ["u", "p q"], "list(utils.get_auth_from_url('http://h/'))": ["", ""],
        "list(utils.get_auth_from_url('http://u@h/'))": ["", ""], "list(utils.get_auth_from_url('http://%25u:p@h'))": ["%u", "p"],
        "list(utils.get_auth_from_url('https://u:@h'))": ["u", ""], "list(utils.get_auth_from_url(''))": ["", ""],
        "utils.resolve_proxies(PreparedRequest('GET', 'https://h/'), {'https': 'http://u:p@x', 'k': 'v'}, False)": {"https": "http://u:p@x", "k": "v"},
        "utils.resolve_proxies(PreparedRequest('GET', 'https://h/'), None, False)": {},
        "[environ({'https_proxy': 'http://u:p@x'}), utils.resolve_proxies(PreparedRequest('GET', 'https://h/'), {})][1]": {"https": "http://u:p@x"},
        "[environ({'https_proxy': 'http://u:p@x'}), utils.resolve_proxies(PreparedRequest('GET', 'https://h/'), {'no_proxy': 'h'})][1]": {"no_proxy": "h"},
        "[environ({'https_proxy': 'http://u:p@x', 'http_proxy': 'http://y'}), utils.get_environ_proxies('https://h/')][1]": {"https": "http://u:p@x", "http": "http://y"},
        "[environ({'https_proxy': 'http://u:p@x', 'no_proxy': 'h'}), utils.get_environ_proxies('https://h/')][1]": {},
        "[environ({}), utils.should_bypass_proxies('https://h.test/', 'test')][1]": True, "utils.should_bypass_proxies('https://h.test/', 'x')": False,
        "utils.should_bypass_proxies('https://h.test:444/', 'h.test:444')": True, "utils.should_bypass_proxies('http://10.2.3.4/', '10.0.0.0/8')": True,
        "utils.should_bypass_proxies('http://11.2.3.4/', '10.0.0.0/8, 11.2.3.4')": True, "utils.should_bypass_proxies('file:///x', None)": True,
        "utils.is_valid_cidr('1.2.3.0/24')": True, "utils.dotted_netmask(24)": "255.255.255.0", "utils.is_ipv4_address('8.8.8.8')": True,
        "utils.address_in_network('192.168.1.1', '192.168.1.0/24')": True, "utils.address_in_network('192.168.2.1', '192.168.1.0/24')": False,
        "sessions.merge_setting({'a': 1, 'b': None}, {'b': 2, 'c': 3})": {"c": 3, "a": 1}, "sessions.merge_setting(None, {'b': 2})": {"b": 2},
        "models._basic_auth_str('u', 'p')": "Basic dTpw",
        "Session().merge_environment_settings('https://h/', {'https': 'http://u:p@x'})": {"https": "http://u:p@x"},
        "Session().trust_env": True, "Session().max_redirects": 30, "Session().get_redirect_target(Response(200))": None,
        "Session().get_redirect_target(Response(302, {'location': '/\\xc3\\xa9'}))": "/\u00e9",
    }
    ways = {("http://a/", "http://a/x"): False, ("http://a/", "https://a/"): False, ("http://a:80/", "https://a:443/"): False, ("http://a:8080/", "https://a/"): True,
            ("https://a/", "http://a/"): True, ("http://a/", "http://b/"): True, ("https://a/", "https://a:443/"): False, ("https://a:444/", "https://a:444/x"): False,
            ("http://a/", "https://a:8443/"): True, ("https://a/", "https://b/"): True, ("http://A/", "http://a/"): False}
    for (before, after), answer in ways.items():
        rest[f"Session().should_strip_auth({before!r}, {after!r})"] = answer
    for call, answer in rest.items():
        calls.append(["eval", [call]])
        wanted.append(answer)
    netrc = ("[open('n.netrc', 'w').write('machine b.test login nl password np') and 0, os.environ.update(NETRC='n.netrc'),"
             " travel('http://a.test/', [[302, 'https://b.test/']], {'https': 'http://u:p@x'}, {}, {}, True), os.remove('n.netrc')][2][0][1][2]")
    calls.append(["eval", [netrc]])
    wanted.append([["Authorization", basic("nl", "np")]])
    calls.append(["travel", ["http://a.test/", [[302, "/"]] * 40, {}, {}, {}, False]])
    wanted.append(("raised", "TooManyRedirects"))
    calls.append(["travel", ["ftp://a.test/", [], {}, {}, {}, False]])
    wanted.append(("raised", "InvalidSchema"))

    secret = [base64.b64encode(word.encode()).decode()[:8], word, other]
    with tempfile.TemporaryDirectory(prefix="proxied-exam-") as folder:
        room = Path(folder).resolve()
        before = sorted(str(each) for each in TREE.rglob("*") if "__pycache__" not in each.parts)
        indices = list(range(len(calls)))
        plans = [indices, indices[::-1]] + [indices[start::97][:6] for start in range(0, 97, 16)]
        plans += [[number] for number in (0, len(known) * len(http), calls.index(journeys[0]), calls.index(journeys[1]), calls.index(journeys[2]))]
        for plan in plans:
            found, noise = asked(room, [calls[number] for number in plan])
            if any(each in noise for each in secret):
                fail("the credentials are printed")
            for number, (state, value) in zip(plan, found):
                call, answer = calls[number], wanted[number]
                shown = json.dumps(call)[:300]
                if isinstance(answer, tuple):
                    if state != answer[0] or not value.startswith(answer[1]):
                        fail(f"{shown} gives {state} {json.dumps(value)[:200]} instead of {answer[1]}")
                    continue
                if answer and isinstance(answer, list) and answer[0] == "*":
                    if state != "value" or value[1:] != answer[1:]:
                        fail(f"{shown} gives {state} {json.dumps(value)[:300]}: the headers should be {answer[1]}")
                    continue
                if (state, value) != ("value", answer):
                    fail(f"{shown} gives {state} {json.dumps(value)[:400]} instead of {json.dumps(answer)[:400]}")
        if list(room.iterdir()):
            fail("files come while requests are prepared")
        if before != sorted(str(each) for each in TREE.rglob("*") if "__pycache__" not in each.parts):
            fail("files come or go in the tree")
    print("no HTTPS request carries the credentials of a proxy, and all else is as it was")


main()
