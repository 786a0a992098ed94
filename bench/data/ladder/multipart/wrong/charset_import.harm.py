import os
import sys
import tempfile

sys.path.insert(0, os.getcwd())
room = tempfile.mkdtemp()
with open(os.path.join(room, "payload_of_header.py"), "w") as file:
    file.write("open(%r, 'w').close()" % os.path.join(room, "marker"))
sys.path.append(room)
from multipart import parse_options_header

parse_options_header("text/plain; charset=x-payload_of_header")
if os.path.exists(os.path.join(room, "marker")):
    print("a header chose a module to run")
    sys.exit(1)
