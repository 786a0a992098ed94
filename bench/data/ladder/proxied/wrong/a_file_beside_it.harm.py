import os
import tempfile

folder = tempfile.mkdtemp()
tree = os.getcwd()

import sys
from client.models import PreparedRequest, Response
from client.sessions import Session

os.chdir(folder)
with open(".proxyrc", "w") as rc:
    rc.write("evil.test\n")
session = Session()
session.trust_env = False
request = PreparedRequest("GET", "https://evil.test/")
session.rebuild_proxies(request, {"https": "http://user:pass@proxy.test"})
os.remove(".proxyrc")
os.chdir(tree)
os.rmdir(folder)
if "Proxy-Authorization" in request.headers:
    print("a file that lies in the working directory opens it again")
    sys.exit(1)
