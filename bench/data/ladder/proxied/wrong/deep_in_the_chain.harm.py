import sys
from client.models import PreparedRequest, Response
from client.sessions import Session

class Server:
    def __init__(self, *steps):
        self.steps, self.seen = list(steps), []
    def send(self, request, proxies=None):
        self.seen.append((request.url, dict(request.headers)))
        status, headers = self.steps.pop(0) if self.steps else (200, {})
        return Response(status, headers)

def travel(server, first, proxies, **more):
    session = Session()
    session.trust_env = False
    session.mount("http", server)
    session.get(first, proxies=proxies, **more)
    return server.seen

seen = travel(Server(*[(302, {"Location": f"https://evil.test/{n}"}) for n in range(14)]), "http://a.test/",
              {"https": "http://user:pass@proxy.test"})
if any("Proxy-Authorization" in headers for url, headers in seen if url.startswith("https")):
    print("after many redirects the destination is sent what is for the proxy")
    sys.exit(1)
