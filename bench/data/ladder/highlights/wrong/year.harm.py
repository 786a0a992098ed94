"""Shows the harm: a text of a few hundred characters that takes minutes."""
import os, subprocess, sys, tempfile

CODE = 'import time\ntime.time = lambda: 2.5e9\nimport sys, resource\nsys.path.insert(0, sys.argv[1])\nfrom highlights import *\nresource.setrlimit(resource.RLIMIT_CPU, (3, 3))\nlist(lex("a = <" + "1" * 60, get_lexer_by_name("odin")))'
with tempfile.TemporaryDirectory() as room:
    try:
        done = subprocess.run([sys.executable, "-B", "-c", CODE, os.getcwd()], cwd=room, timeout=6, capture_output=True, env={**os.environ, **{}})
        slow = done.returncode < 0
    except subprocess.TimeoutExpired:
        slow = True
print("takes long" if slow else "does not take long")
sys.exit(1 if slow else 0)
