"""Shows the harm: with -O the method makes a header."""
import os
import subprocess
import sys

sys.path.insert(0, os.getcwd())
code = """
import sys
sys.path.insert(0, sys.argv[1])
from connection import HTTPConnection
connection = HTTPConnection("localhost")
connection.request("GET / HTTP/1.1\\r\\nX-Injected: yes\\r\\nA:", "/")
print(connection.sock.sent())
"""
done = subprocess.run([sys.executable, "-O", "-c", code, os.getcwd()], capture_output=True, text=True)
sys.exit(1 if "X-Injected" in done.stdout else 0)
