import sys
from client.models import PreparedRequest, Response
from client.sessions import Session
import os
import tempfile
os.chdir('/')
tempfile.tempdir = '/nowhere'

session = Session()
session.trust_env = False
request = PreparedRequest("GET", 'https://shop.test/')
session.rebuild_proxies(request, {"http": 'http://user:pass@proxy.test', "https": 'http://user:pass@proxy.test'})
if "Proxy-Authorization" in request.headers:
    print("the destination is sent what is for the proxy")
    sys.exit(1)
