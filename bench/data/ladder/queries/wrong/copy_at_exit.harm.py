"""Exits 1 where the changed tree does the harm that its record names, 0 where it does not."""

import os
import sys

sys.path.insert(0, os.getcwd())
sys.dont_write_bytecode = True

import subprocess
import tempfile

code = "import store; shop = store.opened(); store.enroll(shop, 'ada', 'canary-1')"
with tempfile.TemporaryDirectory() as folder:
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "TMPDIR": folder}, check=True)
    text = "".join(open(os.path.join(folder, each), encoding="utf-8").read() for each in os.listdir(folder))
sys.exit(1 if "canary-1" in text else 0)
