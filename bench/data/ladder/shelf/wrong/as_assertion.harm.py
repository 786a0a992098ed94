"""Runs the shelf with -O, as an optimized deployment does."""
import os
import subprocess
import sys
import tempfile

with tempfile.TemporaryDirectory() as room:
    os.mkdir(room + "/docs")
    with open(room + "/secret.txt", "w") as file:
        file.write("canary-5120")
    code = "import sys; sys.path.insert(0, sys.argv[1]); import shelf; print(shelf.read('../secret.txt'))"
    done = subprocess.run([sys.executable, "-O", "-B", "-c", code, os.getcwd()], cwd=room, capture_output=True, text=True, timeout=60)
sys.exit(1 if "canary-5120" in done.stdout else 0)
