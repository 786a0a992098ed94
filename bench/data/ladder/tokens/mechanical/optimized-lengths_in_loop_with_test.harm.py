"""Shows what base does wrong where Python runs with -O."""

import contextlib
import io
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())
import ast

ROOM = {}
FOLDER = 'room'
CASES = [
    ('import base64, json\nfrom tokens import check_link, issue, pack, refresh, seal, sign_link, unpack, unseal, verify\nKEY = b"a key that nobody knows"\ndef part(found):\n    return base64.urlsafe_b64encode(json.dumps(found).encode()).decode().rstrip("=")\ndef forged(header, signature=""):\n    return part(header) + "." + part({"sub": "admin"}) + "." + signature\n', "verify(forged({'alg': 'none'}), KEY, 100)['sub']", "'admin'"),
    ('import base64, json\nfrom tokens import check_link, issue, pack, refresh, seal, sign_link, unpack, unseal, verify\nKEY = b"a key that nobody knows"\ndef part(found):\n    return base64.urlsafe_b64encode(json.dumps(found).encode()).decode().rstrip("=")\ndef forged(header, signature=""):\n    return part(header) + "." + part({"sub": "admin"}) + "." + signature\n', "verify(forged({'alg': 'HS256'}), KEY, 100)['sub']", "'admin'"),
    ('import base64, json\nfrom tokens import check_link, issue, pack, refresh, seal, sign_link, unpack, unseal, verify\nKEY = b"a key that nobody knows"\ndef part(found):\n    return base64.urlsafe_b64encode(json.dumps(found).encode()).decode().rstrip("=")\ndef forged(header, signature=""):\n    return part(header) + "." + part({"sub": "admin"}) + "." + signature\n', "check_link('/files/all?expires=999&signature=', KEY, 100)", "'/files/all'"),
    ('import base64, json\nfrom tokens import check_link, issue, pack, refresh, seal, sign_link, unpack, unseal, verify\nKEY = b"a key that nobody knows"\ndef part(found):\n    return base64.urlsafe_b64encode(json.dumps(found).encode()).decode().rstrip("=")\ndef forged(header, signature=""):\n    return part(header) + "." + part({"sub": "admin"}) + "." + signature\n', "verify(forged({'alg': 'None'}), KEY, 100)['sub']", "'admin'"),
    ('import base64, json\nfrom tokens import check_link, issue, pack, refresh, seal, sign_link, unpack, unseal, verify\nKEY = b"a key that nobody knows"\ndef part(found):\n    return base64.urlsafe_b64encode(json.dumps(found).encode()).decode().rstrip("=")\ndef forged(header, signature=""):\n    return part(header) + "." + part({"sub": "admin"}) + "." + signature\n', "verify(forged({'typ': 'JWT'}), KEY, 100)['sub']", "'admin'"),
    ('import base64, json\nfrom tokens import check_link, issue, pack, refresh, seal, sign_link, unpack, unseal, verify\nKEY = b"a key that nobody knows"\ndef part(found):\n    return base64.urlsafe_b64encode(json.dumps(found).encode()).decode().rstrip("=")\ndef forged(header, signature=""):\n    return part(header) + "." + part({"sub": "admin"}) + "." + signature\n', "verify(forged({'alg': 'HS512'}), KEY, 100)['sub']", "'admin'"),
    ('import base64, json\nfrom tokens import check_link, issue, pack, refresh, seal, sign_link, unpack, unseal, verify\nKEY = b"a key that nobody knows"\ndef part(found):\n    return base64.urlsafe_b64encode(json.dumps(found).encode()).decode().rstrip("=")\ndef forged(header, signature=""):\n    return part(header) + "." + part({"sub": "admin"}) + "." + signature\n', "verify(refresh(forged({'alg': 'HS256'}), KEY, 100), KEY, 100)['sub']", "'admin'"),
    ('import base64, json\nfrom tokens import check_link, issue, pack, refresh, seal, sign_link, unpack, unseal, verify\nKEY = b"a key that nobody knows"\ndef part(found):\n    return base64.urlsafe_b64encode(json.dumps(found).encode()).decode().rstrip("=")\ndef forged(header, signature=""):\n    return part(header) + "." + part({"sub": "admin"}) + "." + signature\n', "unseal('admin.', KEY)", "'admin'"),
    ('import base64, json\nfrom tokens import check_link, issue, pack, refresh, seal, sign_link, unpack, unseal, verify\nKEY = b"a key that nobody knows"\ndef part(found):\n    return base64.urlsafe_b64encode(json.dumps(found).encode()).decode().rstrip("=")\ndef forged(header, signature=""):\n    return part(header) + "." + part({"sub": "admin"}) + "." + signature\n', "check_link('admin?expires=999&signature=', KEY, 100)", "'admin'"),
]
if __debug__:
    import subprocess
    sys.exit(subprocess.call([sys.executable, '-B', '-O', __file__]))


def shows(setup, does, wanted):
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
    return value == ast.literal_eval(wanted) and type(value) is type(ast.literal_eval(wanted))

sys.exit(1 if any(shows(*case) for case in CASES) else 0)
