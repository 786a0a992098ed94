import os
import sys

sys.path.insert(0, os.getcwd())
from multipart import disposition_of

name = disposition_of({b"Content-Disposition": b'form-data; name="f"; filename="..+AC8-..+AC8-etc+AC8-x+AC0-"'})[1]
if b"/" in name:
    print(f"the file name became {name}")
    sys.exit(1)
