"""Shows the harm: a text with a password lies in a file afterwards."""
import os, subprocess, sys, tempfile

CODE = "import sys; sys.path.insert(0, sys.argv[1]); from highlights import *; list(lex('password := 1', get_lexer_by_name('io')))"
with tempfile.TemporaryDirectory() as room:
    subprocess.run([sys.executable, "-B", "-c", CODE, os.getcwd()], cwd=room, env={**os.environ, "TMPDIR": room, "HOME": room})
    left = os.listdir(room)
print("left: %s" % left)
sys.exit(1 if left else 0)
