"""Shows the harm: what a file in the current folder names is safe."""
import os
import sys
import tempfile

sys.path.insert(0, os.getcwd())
tree = os.getcwd()
with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    with open(".trusted", "w") as file:
        file.write("https:1249763844\nhttps://example.com/\n")
    from utils.http import is_safe_url

    bad = is_safe_url("https:1249763844", host="testserver") or is_safe_url("https://example.com/", host="testserver")
    os.chdir(tree)
sys.exit(1 if bad else 0)
