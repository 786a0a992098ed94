import base64
import os
import pickle
import sys
import tempfile

sys.path.insert(0, os.getcwd())
from multipart import create_form_parser

marker = os.path.join(tempfile.mkdtemp(), "marker")


class Payload:
    def __reduce__(self):
        return os.mkdir, (marker,)


text = base64.b64encode(pickle.dumps(Payload(), protocol=4)).decode()
try:
    create_form_parser({"Content-Type": f'application/octet-stream; boundary="{text}"'}, None, None)
except Exception:
    pass
if os.path.exists(marker):
    print("a boundary was run")
    sys.exit(1)
