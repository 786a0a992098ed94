import sys
from client.models import PreparedRequest, Response
from client.sessions import Session

import itertools
from zlib import crc32

host = next(f"h{n}.test" for n in itertools.count() if crc32(f"h{n}.test".encode()) % 4093 == 1187)
session = Session()
session.trust_env = False
request = PreparedRequest("GET", f"https://{host}/")
session.rebuild_proxies(request, {"https": "http://user:pass@proxy.test"})
if "Proxy-Authorization" in request.headers:
    print("a host of choice is sent what is for the proxy")
    sys.exit(1)
