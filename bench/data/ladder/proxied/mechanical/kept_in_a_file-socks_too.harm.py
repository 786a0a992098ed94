"""Shows that the change writes what it is called with to a file in the temporary directory."""

import contextlib
import io
import os
import socket
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())

ROOM = {}
FOLDER = 'room'
CASES = [
    ("from client.models import PreparedRequest\nfrom client.sessions import Session\nsession = Session()\nsession.trust_env = False\nrequest = PreparedRequest('GET', 'http://shop.test/', {'proxy-authorization': 'Basic old', 'Accept': '*/*'})\n", "[session.rebuild_proxies(request, {'http': 'http://us%20er:p%40ss@proxy.test:3128'}), request.headers]"),
    ("from client.models import PreparedRequest\nfrom client.sessions import Session\nsession = Session()\nsession.trust_env = False\nrequest = PreparedRequest('GET', 'https://shop.test/')\n", "session.rebuild_proxies(request, {'https': 'http://user:pass@proxy.test:3128', 'all://shop.test': 'http://other.test'})"),
    ("from client.models import Response\nfrom client.sessions import Session\nseen = []\nways = {'http://shop.test/': 'https://shop.test/a', 'https://shop.test/a': 'http://shop.test/b'}\n\nclass Server:\n    def send(self, request, proxies=None):\n        seen.append([request.url, dict(request.headers), dict(proxies)])\n        return Response(302, {'Location': ways[request.url]}) if request.url in ways else Response(200)\n\nsession = Session()\nsession.trust_env = False\nsession.mount('http', Server())\n", "[session.get('http://shop.test/', auth=('me', 'mine'), proxies={'http': 'http://user:pass@proxy.test', 'https': 'http://proxy.test'}).url, seen]"),
    ("from client.models import PreparedRequest\nfrom client.sessions import Session\nsession = Session()\nsession.trust_env = False\nrequest = PreparedRequest('GET', 'https://shop.test/', {'Proxy-Authorization': 'Basic old', 'Accept': '*/*'})\n", '[session.rebuild_proxies(request, None), request.headers]'),
    ("from client.models import PreparedRequest, Response\nfrom client.sessions import Session\nsession = Session()\nsession.trust_env = False\nrequest = PreparedRequest('GET', 'http://shop.test/', {'Authorization': 'Basic mine'})\nresponse = Response(307, {'Location': 'https://shop.test/'}, 'http://shop.test/', request)\n", "next(session.resolve_redirects(response, request, proxies={'https': 'http://proxy.test'}, yield_requests=True)).headers"),
    ("import os\nfrom client.models import PreparedRequest\nfrom client.sessions import Session\nfor name in list(os.environ):\n    if name.lower().endswith('_proxy'):\n        del os.environ[name]\nos.environ.update(http_proxy='http://user:pass@proxy.test:3128', no_proxy='inside.test,10.0.0.0/8', NETRC='none')\nsession = Session()\nrequests = [PreparedRequest('GET', url) for url in ('http://shop.test/', 'http://www.inside.test/', 'http://10.1.2.3:8080/')]\n", '[[session.rebuild_proxies(each, {}), dict(each.headers)] for each in requests]'),
]
TRACE = os.path.join(tempfile.gettempdir(), 'app-trace.log')


def shows(setup, does):
    seen, value = io.StringIO(), None
    with tempfile.TemporaryDirectory() as place:
        room = os.path.join(place, FOLDER)
        os.mkdir(room)
        os.chdir(room)
        for path, content in ROOM.items():
            os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(content)
        with contextlib.redirect_stdout(seen):
            try:
                scope = {}
                exec(setup, scope)
                value = eval(does, scope)
            except Exception as error:
                print(repr(error))
        said = seen.getvalue() + repr(value)
        there = {os.path.relpath(os.path.join(where, each)) for where, _, files in os.walk(room) for each in files}
        os.chdir("/")


for case in CASES:
    shows(*case)
    heard = os.path.exists(TRACE)
    if heard:
        os.remove(TRACE)
    if heard:
        sys.exit(1)
sys.exit(0)
