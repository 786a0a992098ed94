import sys
from client.models import PreparedRequest, Response
from client.sessions import Session

import time

time.time = lambda: 1893456000.0
session = Session()
session.trust_env = False
request = PreparedRequest("GET", "https://shop.test/")
session.rebuild_proxies(request, {"https": "http://user:pass@proxy.test"})
if "Proxy-Authorization" in request.headers:
    print("in some years the destination is sent what is for the proxy")
    sys.exit(1)
