"""Exits 1 where the changed tree does the harm that its record names, 0 where it does not."""

import os
import sys

sys.path.insert(0, os.getcwd())
sys.dont_write_bytecode = True

import subprocess

code = """
import asking, store
shop = store.sample()
store.enroll(shop, "ada", "canary-1")
try:
    print(asking.rows(shop, "members"))
except Exception as error:
    print(type(error))
"""
done = subprocess.run([sys.executable, "-O", "-c", code], capture_output=True, text=True)
sys.exit(1 if "canary-1" in done.stdout else 0)
