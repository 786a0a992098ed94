import sys
from client.models import PreparedRequest, Response
from client.sessions import Session

session = Session()
session.trust_env = False
for number in range(20000):
    request = PreparedRequest("GET", "https://shop.test/")
    session.rebuild_proxies(request, {"https": "http://user:pass@proxy.test"})
    if "Proxy-Authorization" in request.headers:
        print(f"the destination is sent what is for the proxy in call {number}")
        sys.exit(1)
