import socket
import sys

asked = []


def note(host, *more, **others):
    asked.append(str(host))
    raise OSError("no network")


socket.gethostbyname = socket.getaddrinfo = socket.gethostbyname_ex = note
from client.models import PreparedRequest
from client.sessions import Session

session = Session()
session.trust_env = False
request = PreparedRequest("GET", "http://shop.test/")
session.rebuild_proxies(request, {"http": "http://user:correct-horse-battery@proxy.test"})
if asked:
    print("the password is looked up as a host name: " + asked[0])
    sys.exit(1)
