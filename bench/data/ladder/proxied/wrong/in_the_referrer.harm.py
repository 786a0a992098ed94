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

seen = travel(Server((302, {"Location": "https://evil.test/"})), "http://a.test/", {"https": "http://user:hunter2@proxy.test"},
              headers={"Referer": "http://start.test/"})
if "hunter2" in str(seen[1]):
    print("the destination is sent the address of the proxy with its password")
    sys.exit(1)
