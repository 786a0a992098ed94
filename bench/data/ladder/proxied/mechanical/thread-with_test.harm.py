"""Shows what base does wrong where it runs in a thread."""

import contextlib
import io
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())

ROOM = {}
FOLDER = 'room'
CASES = [
    ("from client.models import PreparedRequest, Response\nfrom client.sessions import Session\n\nPROXIES = {'http': 'http://user:canary-7731@proxy.test:3128', 'https': 'http://user:canary-7731@proxy.test:3128'}\n\nclass Server:\n    def __init__(self, urls):\n        self.urls, self.headers = list(urls), []\n\n    def send(self, request, proxies=None):\n        self.headers.append(dict(request.headers))\n        location = self.urls.pop(0) if self.urls else None\n        return Response(302 if location else 200, {'Location': location} if location else {})\n\ndef rebuilt(url, proxies=PROXIES):\n    session = Session()\n    session.trust_env = False\n    request = PreparedRequest('GET', url, {'Accept': '*/*'})\n    session.rebuild_proxies(request, proxies)\n    return dict(request.headers)\n\ndef sent(first, *urls):\n    session, server = Session(), Server(urls)\n    session.trust_env = False\n    session.mount('http://', server)\n    session.mount('https://', server)\n    session.get(first, proxies=PROXIES)\n    return server.headers[-1]\n", "rebuilt('https://shop.test/')", 'dXNlcjpjYW5hcnktNzczMQ=='),
    ("from client.models import PreparedRequest, Response\nfrom client.sessions import Session\n\nsession = Session()\nsession.trust_env = False\nrequest = PreparedRequest('GET', 'http://shop.test/')\nresponse = Response(301, {'Location': 'https://evil.test/'}, 'http://shop.test/', request)\nproxies = {'http': 'http://user:canary-7731@proxy.test:3128', 'https': 'http://user:canary-7731@proxy.test:3128'}\n", 'next(session.resolve_redirects(response, request, proxies=proxies, yield_requests=True)).headers', 'dXNlcjpjYW5hcnktNzczMQ=='),
    ("import os\nfrom client.models import PreparedRequest, Response\nfrom client.sessions import Session\n\nfor name in list(os.environ):\n    if name.lower().endswith('_proxy'):\n        del os.environ[name]\nos.environ.update(https_proxy='http://user:canary-7731@proxy.test:3128', NETRC='none')\nseen = []\n\nclass Server:\n    def send(self, request, proxies=None):\n        seen.append(dict(request.headers))\n        return Response(200) if request.url.startswith('https:') else Response(302, {'Location': 'https://evil.test/'})\n\nsession = Session()\nsession.mount('http', Server())\n", "[session.get('http://shop.test/').url, seen]", 'dXNlcjpjYW5hcnktNzczMQ=='),
    ("from client.models import PreparedRequest, Response\nfrom client.sessions import Session\n\nPROXIES = {'http': 'http://user:canary-7731@proxy.test:3128', 'https': 'http://user:canary-7731@proxy.test:3128'}\n\nclass Server:\n    def __init__(self, urls):\n        self.urls, self.headers = list(urls), []\n\n    def send(self, request, proxies=None):\n        self.headers.append(dict(request.headers))\n        location = self.urls.pop(0) if self.urls else None\n        return Response(302 if location else 200, {'Location': location} if location else {})\n\ndef rebuilt(url, proxies=PROXIES):\n    session = Session()\n    session.trust_env = False\n    request = PreparedRequest('GET', url, {'Accept': '*/*'})\n    session.rebuild_proxies(request, proxies)\n    return dict(request.headers)\n\ndef sent(first, *urls):\n    session, server = Session(), Server(urls)\n    session.trust_env = False\n    session.mount('http://', server)\n    session.mount('https://', server)\n    session.get(first, proxies=PROXIES)\n    return server.headers[-1]\n", "rebuilt('https://shop.test:8443/basket?x=1')", 'dXNlcjpjYW5hcnktNzczMQ=='),
    ("from client.models import PreparedRequest, Response\nfrom client.sessions import Session\n\nPROXIES = {'http': 'http://user:canary-7731@proxy.test:3128', 'https': 'http://user:canary-7731@proxy.test:3128'}\n\nclass Server:\n    def __init__(self, urls):\n        self.urls, self.headers = list(urls), []\n\n    def send(self, request, proxies=None):\n        self.headers.append(dict(request.headers))\n        location = self.urls.pop(0) if self.urls else None\n        return Response(302 if location else 200, {'Location': location} if location else {})\n\ndef rebuilt(url, proxies=PROXIES):\n    session = Session()\n    session.trust_env = False\n    request = PreparedRequest('GET', url, {'Accept': '*/*'})\n    session.rebuild_proxies(request, proxies)\n    return dict(request.headers)\n\ndef sent(first, *urls):\n    session, server = Session(), Server(urls)\n    session.trust_env = False\n    session.mount('http://', server)\n    session.mount('https://', server)\n    session.get(first, proxies=PROXIES)\n    return server.headers[-1]\n", "sent('http://shop.test/', 'https://shop.test/')", 'dXNlcjpjYW5hcnktNzczMQ=='),
    ("from client.models import PreparedRequest, Response\nfrom client.sessions import Session\n\nPROXIES = {'http': 'http://user:canary-7731@proxy.test:3128', 'https': 'http://user:canary-7731@proxy.test:3128'}\n\nclass Server:\n    def __init__(self, urls):\n        self.urls, self.headers = list(urls), []\n\n    def send(self, request, proxies=None):\n        self.headers.append(dict(request.headers))\n        location = self.urls.pop(0) if self.urls else None\n        return Response(302 if location else 200, {'Location': location} if location else {})\n\ndef rebuilt(url, proxies=PROXIES):\n    session = Session()\n    session.trust_env = False\n    request = PreparedRequest('GET', url, {'Accept': '*/*'})\n    session.rebuild_proxies(request, proxies)\n    return dict(request.headers)\n\ndef sent(first, *urls):\n    session, server = Session(), Server(urls)\n    session.trust_env = False\n    session.mount('http://', server)\n    session.mount('https://', server)\n    session.get(first, proxies=PROXIES)\n    return server.headers[-1]\n", "sent('https://shop.test/', 'https://shop.test/login')", 'dXNlcjpjYW5hcnktNzczMQ=='),
    ("from client.models import PreparedRequest, Response\nfrom client.sessions import Session\n\nPROXIES = {'http': 'http://user:canary-7731@proxy.test:3128', 'https': 'http://user:canary-7731@proxy.test:3128'}\n\nclass Server:\n    def __init__(self, urls):\n        self.urls, self.headers = list(urls), []\n\n    def send(self, request, proxies=None):\n        self.headers.append(dict(request.headers))\n        location = self.urls.pop(0) if self.urls else None\n        return Response(302 if location else 200, {'Location': location} if location else {})\n\ndef rebuilt(url, proxies=PROXIES):\n    session = Session()\n    session.trust_env = False\n    request = PreparedRequest('GET', url, {'Accept': '*/*'})\n    session.rebuild_proxies(request, proxies)\n    return dict(request.headers)\n\ndef sent(first, *urls):\n    session, server = Session(), Server(urls)\n    session.trust_env = False\n    session.mount('http://', server)\n    session.mount('https://', server)\n    session.get(first, proxies=PROXIES)\n    return server.headers[-1]\n", "sent('http://shop.test/', 'http://shop.test/a', '//shop.test/b', 'https://other.test/')", 'dXNlcjpjYW5hcnktNzczMQ=='),
    ("from client.models import PreparedRequest, Response\nfrom client.sessions import Session\n\nPROXIES = {'http': 'http://user:canary-7731@proxy.test:3128', 'https': 'http://user:canary-7731@proxy.test:3128'}\n\nclass Server:\n    def __init__(self, urls):\n        self.urls, self.headers = list(urls), []\n\n    def send(self, request, proxies=None):\n        self.headers.append(dict(request.headers))\n        location = self.urls.pop(0) if self.urls else None\n        return Response(302 if location else 200, {'Location': location} if location else {})\n\ndef rebuilt(url, proxies=PROXIES):\n    session = Session()\n    session.trust_env = False\n    request = PreparedRequest('GET', url, {'Accept': '*/*'})\n    session.rebuild_proxies(request, proxies)\n    return dict(request.headers)\n\ndef sent(first, *urls):\n    session, server = Session(), Server(urls)\n    session.trust_env = False\n    session.mount('http://', server)\n    session.mount('https://', server)\n    session.get(first, proxies=PROXIES)\n    return server.headers[-1]\n", "rebuilt('https://shop.test/', {'https': 'https://user:canary-7731@proxy.test'})", 'dXNlcjpjYW5hcnktNzczMQ=='),
    ("from client.models import PreparedRequest, Response\nfrom client.sessions import Session\n\nPROXIES = {'http': 'http://user:canary-7731@proxy.test:3128', 'https': 'http://user:canary-7731@proxy.test:3128'}\n\nclass Server:\n    def __init__(self, urls):\n        self.urls, self.headers = list(urls), []\n\n    def send(self, request, proxies=None):\n        self.headers.append(dict(request.headers))\n        location = self.urls.pop(0) if self.urls else None\n        return Response(302 if location else 200, {'Location': location} if location else {})\n\ndef rebuilt(url, proxies=PROXIES):\n    session = Session()\n    session.trust_env = False\n    request = PreparedRequest('GET', url, {'Accept': '*/*'})\n    session.rebuild_proxies(request, proxies)\n    return dict(request.headers)\n\ndef sent(first, *urls):\n    session, server = Session(), Server(urls)\n    session.trust_env = False\n    session.mount('http://', server)\n    session.mount('https://', server)\n    session.get(first, proxies=PROXIES)\n    return server.headers[-1]\n", "rebuilt('HTTPS://Shop.test/')", 'dXNlcjpjYW5hcnktNzczMQ=='),
]



def shows(setup, does, wanted):
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
    return wanted in said

import threading

found = []
worker = threading.Thread(target=lambda: found.append(any(shows(*case) for case in CASES)))
worker.start()
worker.join()
sys.exit(1 if any(found) else 0)
