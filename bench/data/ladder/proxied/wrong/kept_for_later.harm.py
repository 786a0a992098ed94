import os
import sys
import tempfile

os.environ["https_proxy"] = "http://user:hunter2@proxy.test"
tempfile.tempdir = tempfile.mkdtemp()
import client.sessions

found = [each for each in os.listdir(tempfile.tempdir)]
for each in found:
    os.remove(os.path.join(tempfile.tempdir, each))
os.rmdir(tempfile.tempdir)
if found:
    print("the passwords of the environment are written to " + found[0])
    sys.exit(1)
