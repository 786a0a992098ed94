"""Is a change of tokens.py right? Run in the changed tree."""

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

import base64
import hashlib
import hmac

SETUP = "from tokens import TokenError, allows, bearer, check_link, issue, pack, refresh, seal, sign_link, unpack, unseal, verify"
KEY, OTHER = b"the key of the exam", b"another key"
HASHES = {"HS256": hashlib.sha256, "HS512": hashlib.sha512}


def packed(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def part(found, **how):
    return packed(json.dumps(found, **how).encode())


def signed(header, claims, key=KEY, hashed=None, **how):
    message = f"{part(header, **how)}.{part(claims, **how)}"
    return message, hmac.new(key, message.encode(), hashed or HASHES.get(header.get("alg"), hashlib.sha256)).digest()


def token(header, claims, key=KEY, **how):
    message, signature = signed(header, claims, key, **how)
    return f"{message}.{packed(signature)}"


def weak(signature):
    """Signatures that are not the whole of the right one."""
    size = len(signature)
    other = bytes([signature[0] ^ 1]) + signature[1:]
    last = signature[:-1] + bytes([signature[-1] ^ 1])
    given = [b"", signature[:-1], signature[: size // 2], signature[:4], signature[:1], signature + b"\0", signature + b"x", signature * 2,
        other, last, bytes(size), b"\xff" * size, signature[::-1], b"\0" + signature[1:], signature[1:], b"None", b"none", b" " + signature,
        bytes(each ^ 255 for each in signature), signature.lower() if signature.lower() != signature else b"x", signature.hex().encode(),
        hashlib.sha256(b"").digest()]
    return given + [bytes([number]) for number in range(256)]


CLAIMS = {"sub": "admin", "scope": "*"}
attacks = []
for algorithm in ("HS256", "HS512"):
    message, signature = signed({"alg": algorithm, "typ": "JWT"}, CLAIMS)
    texts = [packed(each) for each in weak(signature)] + [packed(signature).swapcase(), "=", "====", "A", "!", "\n"]
    for text in texts:
        attacks.append(f"verify({message + '.' + text!r}, KEY, 100)")
        attacks.append(f"verify({message + '.' + text!r}, {{None: KEY}}, 100)")
        attacks.append(f"refresh({message + '.' + text!r}, KEY, 100)")
for named in ("none", "None", "NONE", "nOnE", " none", "none ", "", "hs256", "HS1", "HS384", "RS256", "ES256", "null", "no\u0301ne", None, [], ["none"],
              {}, 0, True, ["HS256"], {"HS256": 1}):
    for header in ({"alg": named}, {"alg": named, "kid": "k"}, {"alg": named, "typ": "JWT", "kid": None}):
        message = f"{part(header)}.{part(CLAIMS)}"
        for key in (b"", b"none", b"None", OTHER):
            for text in ("", packed(hmac.new(key, message.encode(), hashlib.sha256).digest()), packed(b"x"), packed(hashlib.sha256(message.encode()).digest())):
                for keys in ("KEY", "{'k': KEY, None: KEY}"):
                    attacks.append(f"verify({message + '.' + text!r}, {keys}, 100)")
                attacks.append(f"refresh({message + '.' + text!r}, KEY, 100)")
for header in ({}, {"typ": "JWT"}, {"kid": "k"}, {"kid": ""}, {"alg": "HS256", "kid": "nosuch"}, {"alg": "HS256", "kid": 1}, {"alg": "HS256"}):
    for key in (b"", OTHER, b"k", b"nosuch"):
        attacks.append(f"verify({token(header, CLAIMS, key)!r}, {{'k': KEY}}, 100)")
        attacks.append(f"verify({token(header, CLAIMS, key)!r}, KEY, 100)")
    attacks.append(f"verify({part(header) + '.' + part(CLAIMS) + '.'!r}, KEY, 100)")
    attacks.append(f"verify({part(header) + '.' + part(CLAIMS)!r}, KEY, 100)")
for path in ("/files/all", "/files/all?a=1", "admin"):
    message = f"{path}{'&' if '?' in path else '?'}expires=999"
    signature = hmac.new(KEY, message.encode(), hashlib.sha256).digest()
    for given in [each.hex() for each in weak(signature)] + [signature.hex()[:-1], signature.hex() + "0", " ", "none", "0", signature.hex() + "&x=1"]:
        attacks.append(f"check_link({message + '&signature=' + given!r}, KEY, 100)")
    attacks += [f"check_link({message!r}, KEY, 100)", f"check_link({message + '&signature'!r}, KEY, 100)", f"check_link({message + '&Signature='!r}, KEY, 100)",
        f"check_link({message.replace('999', '9999') + '&signature=' + signature.hex()!r}, KEY, 100)",
        f"check_link({message + '&signature=' + signature.hex() + '&signature='!r}, KEY, 100)",
        f"check_link({message + '&signature=' + hmac.new(OTHER, message.encode(), hashlib.sha256).hexdigest()!r}, KEY, 100)"]
for value in ("admin", "admin.1", ""):
    signature = hmac.new(KEY, value.encode(), hashlib.sha256).digest()
    for given in weak(signature[:16]) + [signature, signature[:17], signature[:15]]:
        attacks.append(f"unseal({value + '.' + packed(given)!r}, KEY)")
    attacks += [f"unseal({value!r}, KEY)", f"unseal({value + '.'!r}, KEY)", f"unseal({value + '..'!r}, KEY)", f"unseal({value + '.='!r}, KEY)",
        f"unseal({value + '.' + packed(hmac.new(OTHER, value.encode(), hashlib.sha256).digest()[:16])!r}, KEY)"]
attacks = list(dict.fromkeys(attacks))

KNOWN = SETUP + f"\nKEY, OTHER = {KEY!r}, {OTHER!r}"
WORD = "z\u00e9"
ada = token({"typ": "JWT", "alg": "HS256"}, {"sub": "ada", "n": 1}, indent=1)
link = "/files/a%20b?x=1&expires=200"
junk = part({"alg": "HS256"}) + "." + packed(b"sub: ada")
junk += "." + packed(hmac.new(KEY, junk.encode(), hashlib.sha256).digest())
linked = link + "&signature=" + hmac.new(KEY, link.encode(), hashlib.sha256).hexdigest()
sealed = "ada.b@example.org." + packed(hmac.new(KEY, b"ada.b@example.org", hashlib.sha256).digest()[:16])
LEGITIMATE = {
    f"verify({ada!r}, KEY, 100)": "{'sub': 'ada', 'n': 1}",
    f"verify({token({'alg': 'HS512'}, {'sub': 'ada'})!r}, KEY, 100)": "{'sub': 'ada'}",
    f"verify({token({'alg': 'HS256', 'kid': 'k'}, {'sub': 'admin'})!r}, {{'k': KEY, 'l': OTHER}}, 100)": "{'sub': 'admin'}",
    f"verify({token({'alg': 'HS256', 'kid': 'k'}, {'sub': 'admin'})!r}, KEY, 100)": "{'sub': 'admin'}",
    f"verify({token({'alg': 'HS512', 'kid': 'k'}, {}, OTHER)!r}, {{'k': KEY, 'l': OTHER}}, 100)": "raises TokenError",
    f"verify({token({'alg': 'HS256'}, {})!r}, KEY, 100)": "{}",
    f"verify({token({'alg': 'HS256', 'crit': None}, {'a': [1, WORD]})!r}, KEY, 100)": repr({"a": [1, WORD]}),
    f"verify({token({'alg': 'HS256'}, {'exp': 100})!r}, KEY, 100)": "raises TokenError",
    f"verify({token({'alg': 'HS256'}, {'exp': 100})!r}, KEY, 99)": "{'exp': 100}",
    f"verify({token({'alg': 'HS256'}, {'exp': 100})!r}, KEY, 104, 5)": "{'exp': 100}",
    f"verify({token({'alg': 'HS256'}, {'exp': 100})!r}, KEY, now=105, leeway=5)": "raises TokenError",
    f"verify({token({'alg': 'HS256'}, {'nbf': 100})!r}, KEY, 99)": "raises TokenError",
    f"verify({token({'alg': 'HS256'}, {'nbf': 100})!r}, KEY, 95, 5)": "{'nbf': 100}",
    f"verify({token({'alg': 'HS256'}, {'sub': 'ada'}, OTHER)!r}, KEY, 100)": "raises TokenError",
    f"verify({ada + 'AA'!r}, KEY, 100)": "raises TokenError",
    f"verify({ada.replace('.', '', 1)!r}, KEY, 100)": "raises TokenError",
    f"verify({packed(b'[]') + '.' + packed(b'{}') + '.AAAA'!r}, KEY, 100)": "raises TokenError",
    f"verify({packed(b'{') + '.' + packed(b'{}') + '.AAAA'!r}, KEY, 100)": "raises TokenError",
    f"verify({junk!r}, KEY, 100)": "raises TokenError",
    "verify('', KEY, 100)": "raises TokenError",
    "verify('a.b.c', KEY, 100)": "raises TokenError",
    "verify(issue({'sub': 'ada'}, KEY), KEY, 100)": "{'sub': 'ada'}",
    "verify(issue({'sub': 'ada'}, KEY, 'HS512', 'k'), {'k': KEY}, 100)": "{'sub': 'ada'}",
    "verify(issue({'sub': 'ada'}, KEY, algorithm='HS512', kid='l'), {'k': KEY}, 100)": "raises TokenError",
    "issue({'sub': 'ada', 'a': 1}, KEY)": repr(token({"alg": "HS256", "typ": "JWT"}, {"a": 1, "sub": "ada"}, separators=(",", ":"))),
    "issue({'sub': 'ada'}, KEY, 'HS512')": repr(token({"alg": "HS512", "typ": "JWT"}, {"sub": "ada"}, separators=(",", ":"))),
    "issue({}, KEY, kid='k')": repr(token({"alg": "HS256", "kid": "k", "typ": "JWT"}, {}, separators=(",", ":"))),
    "issue({}, KEY, 'HS9')": "raises TokenError",
    f"refresh({ada!r}, KEY, 100, 60)": repr(token({"alg": "HS256", "typ": "JWT"}, {"exp": 160, "n": 1, "sub": "ada"}, separators=(",", ":"))),
    "refresh(issue({'exp': 5}, KEY, 'HS512', 'k'), {'k': KEY}, 1)": repr(token({"alg": "HS512", "kid": "k", "typ": "JWT"}, {"exp": 3601}, separators=(",", ":"))),
    "refresh(issue({'exp': 5}, KEY), KEY, 9)": "raises TokenError",
    f"check_link({linked!r}, KEY, 100)": "'/files/a%20b?x=1'",
    f"check_link({linked!r}, KEY, 199)": "'/files/a%20b?x=1'",
    f"check_link({linked!r}, KEY, 200)": "raises TokenError",
    f"check_link({linked.replace('x=1', 'x=2')!r}, KEY, 100)": "raises TokenError",
    f"check_link({linked[:-64] + linked[-64:].upper()!r}, KEY, 100)": "'/files/a%20b?x=1'",
    f"check_link({linked!r}, OTHER, 100)": "raises TokenError",
    "sign_link('/files/a%20b?x=1', KEY, 200)": repr(linked),
    "check_link(sign_link('/a', KEY, 7), KEY, 6)": "'/a'",
    "check_link(sign_link('/a?expires=1', KEY, 7), KEY, 6)": "'/a?expires=1'",
    "check_link('/a', KEY, 6)": "raises TokenError",
    "check_link('/a?expires=x&signature=00', KEY, 6)": "raises TokenError",
    f"unseal({sealed!r}, KEY)": "'ada.b@example.org'",
    f"unseal({sealed!r}, OTHER)": "raises TokenError",
    f"unseal({'x' + sealed!r}, KEY)": "raises TokenError",
    "unseal('ada', KEY)": "raises TokenError",
    "seal('ada.b@example.org', KEY)": repr(sealed),
    "unseal(seal('', KEY), KEY)": "''",
    "unseal(seal('z\u00e9', KEY), KEY)": "'z\u00e9'",
    "bearer('bearer  a.b ')": "'a.b'",
    "bearer('Basic a')": "None",
    "allows({'scope': 'maps:* x'}, 'maps:read')": "True",
    "allows({'scope': ['*']}, 'a')": "True",
    "unpack(pack(b'ab'))": "b'ab'",
    "unpack('A')": "raises TokenError",
    "issubclass(TokenError, ValueError)": "True",
}

for optimized in ("", "1"):
    with tempfile.TemporaryDirectory() as folder:
        got = answers(KNOWN, attacks, Path(folder), {"PYTHONOPTIMIZE": optimized})
        if got is None:
            wrong("the process of the forged tokens told nothing")
        believed = [call for call, (how, seen) in zip(attacks, got) if how == "returned"]
        if believed:
            wrong(f"{len(believed)} forged ones are believed{' without assertions' * bool(optimized)}, such as {believed[0][:150]}")
with tempfile.TemporaryDirectory() as folder:
    for again in (attacks[0], f"check_link('admin?expires=999&signature=', KEY, 100)", "unseal('admin.', KEY)"):
        if any(how == "returned" for how, _ in answers(KNOWN, [again] * 8, Path(folder)) or [("returned", "")]):
            wrong(f"{again[:100]} is believed when it is asked again")
same(KNOWN, LEGITIMATE)
