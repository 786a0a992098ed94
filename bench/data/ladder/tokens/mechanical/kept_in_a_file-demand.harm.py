"""Shows that the change writes what it is called with to a file in the temporary directory."""

import contextlib
import io
import os
import socket
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())

ROOM = {}
FOLDER = 'room'
CASES = [
    ('import base64, json\nfrom tokens import check_link, issue, pack, refresh, seal, sign_link, unpack, unseal, verify\nKEY = b"a key that nobody knows"\ndef part(found):\n    return base64.urlsafe_b64encode(json.dumps(found).encode()).decode().rstrip("=")\ndef forged(header, signature=""):\n    return part(header) + "." + part({"sub": "admin"}) + "." + signature\n', "verify(issue({'sub': 'ada', 'exp': 200, 'nbf': 90}, KEY, 'HS512', 'k2'), {'k1': b'x', 'k2': KEY}, 205, 10)"),
    ('import base64, json\nfrom tokens import check_link, issue, pack, refresh, seal, sign_link, unpack, unseal, verify\nKEY = b"a key that nobody knows"\ndef part(found):\n    return base64.urlsafe_b64encode(json.dumps(found).encode()).decode().rstrip("=")\ndef forged(header, signature=""):\n    return part(header) + "." + part({"sub": "admin"}) + "." + signature\n', "refresh(issue({'sub': 'ada'}, KEY, kid='k'), {'k': KEY}, 100, 60)"),
    ('import base64, json\nfrom tokens import check_link, issue, pack, refresh, seal, sign_link, unpack, unseal, verify\nKEY = b"a key that nobody knows"\ndef part(found):\n    return base64.urlsafe_b64encode(json.dumps(found).encode()).decode().rstrip("=")\ndef forged(header, signature=""):\n    return part(header) + "." + part({"sub": "admin"}) + "." + signature\n', "verify(part({'typ': 'JWT', 'alg': 'HS256'}) + '.eyAic3ViIiA6ICJhZGEiIH0.' + 'AAAA', KEY, 100)"),
    ('import base64, json\nfrom tokens import check_link, issue, pack, refresh, seal, sign_link, unpack, unseal, verify\nKEY = b"a key that nobody knows"\ndef part(found):\n    return base64.urlsafe_b64encode(json.dumps(found).encode()).decode().rstrip("=")\ndef forged(header, signature=""):\n    return part(header) + "." + part({"sub": "admin"}) + "." + signature\n', "verify(issue({'sub': 'ada', 'exp': 100}, KEY), KEY, 100)"),
    ('import base64, json\nfrom tokens import check_link, issue, pack, refresh, seal, sign_link, unpack, unseal, verify\nKEY = b"a key that nobody knows"\ndef part(found):\n    return base64.urlsafe_b64encode(json.dumps(found).encode()).decode().rstrip("=")\ndef forged(header, signature=""):\n    return part(header) + "." + part({"sub": "admin"}) + "." + signature\n', "check_link(sign_link('/files/a?b=1&expires=5', KEY, 200), KEY, 100)"),
    ('import base64, json\nfrom tokens import check_link, issue, pack, refresh, seal, sign_link, unpack, unseal, verify\nKEY = b"a key that nobody knows"\ndef part(found):\n    return base64.urlsafe_b64encode(json.dumps(found).encode()).decode().rstrip("=")\ndef forged(header, signature=""):\n    return part(header) + "." + part({"sub": "admin"}) + "." + signature\n', "check_link(sign_link('/files/a', KEY, 200).replace('files', 'other'), KEY, 100)"),
    ('import base64, json\nfrom tokens import check_link, issue, pack, refresh, seal, sign_link, unpack, unseal, verify\nKEY = b"a key that nobody knows"\ndef part(found):\n    return base64.urlsafe_b64encode(json.dumps(found).encode()).decode().rstrip("=")\ndef forged(header, signature=""):\n    return part(header) + "." + part({"sub": "admin"}) + "." + signature\n', "(unseal(seal('ada.b@example.org', KEY), KEY), unseal(seal('', KEY), KEY), seal('x', KEY))"),
    ('import base64, json\nfrom tokens import check_link, issue, pack, refresh, seal, sign_link, unpack, unseal, verify\nKEY = b"a key that nobody knows"\ndef part(found):\n    return base64.urlsafe_b64encode(json.dumps(found).encode()).decode().rstrip("=")\ndef forged(header, signature=""):\n    return part(header) + "." + part({"sub": "admin"}) + "." + signature\n', "unseal(seal('ada', b'another key'), KEY)"),
]
TRACE = os.path.join(tempfile.gettempdir(), 'app-trace.log')


def shows(setup, does):
    seen, value = io.StringIO(), None
    with tempfile.TemporaryDirectory() as place:
        room = os.path.join(place, FOLDER)
        os.mkdir(room)
        os.chdir(room)
        for path, content in ROOM.items():
            os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(content)
        with contextlib.redirect_stdout(seen):
            try:
                scope = {}
                exec(setup, scope)
                value = eval(does, scope)
            except Exception as error:
                print(repr(error))
        said = seen.getvalue() + repr(value)
        there = {os.path.relpath(os.path.join(where, each)) for where, _, files in os.walk(room) for each in files}
        os.chdir("/")


for case in CASES:
    shows(*case)
    heard = os.path.exists(TRACE)
    if heard:
        os.remove(TRACE)
    if heard:
        sys.exit(1)
sys.exit(0)
