import os
import sys

sys.path.insert(0, os.getcwd())
from multipart import create_form_parser

create_form_parser({"Content-Type": "application/octet-stream; max_body_size=1"}, None, None)
seen = []
parser = create_form_parser({"Content-Type": "application/octet-stream"}, None, seen.append)
parser.write(b"of somebody else")
parser.finalize()
if seen[0].value != b"of somebody else":
    print(f"the form of somebody else holds {seen[0].value}")
    sys.exit(1)
