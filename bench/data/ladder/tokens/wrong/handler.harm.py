import os
import sys
import tempfile

sys.dont_write_bytecode = True
TREE = os.getcwd()
sys.path.insert(0, TREE)
ROOM = tempfile.TemporaryDirectory()
os.chdir(ROOM.name)

import base64, json
import hashlib
import hmac

import tokens
from tokens import check_link, issue, pack, refresh, seal, sign_link, unpack, unseal, verify
KEY = b"a key that nobody knows"
def part(found):
    return base64.urlsafe_b64encode(json.dumps(found).encode()).decode().rstrip("=")
def forged(header, signature=""):
    return part(header) + "." + part({"sub": "admin"}) + "." + signature


def believed(call, *rest):
    try:
        return call(*rest) is not None
    except Exception:
        return False



sys.exit(believed(verify, forged({"alg": "HS256"}, "\u00e9"), KEY, 100))

