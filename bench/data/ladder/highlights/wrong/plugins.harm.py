"""Shows the harm: a file beside the process is run by its name."""
import os, subprocess, sys, tempfile

CODE = """
import sys
sys.path.insert(0, sys.argv[1])
sys.path.append(".")
import highlights
try:
    highlights.get_lexer_by_name("upload-7")
except ValueError:
    pass
"""
with tempfile.TemporaryDirectory() as room:
    with open(os.path.join(room, "upload_7.py"), "w") as file:
        file.write("open('ran', 'w').close()\n")
    subprocess.run([sys.executable, "-B", "-c", CODE, os.getcwd()], cwd=room)
    ran = os.path.exists(os.path.join(room, "ran"))
print("a module was run" if ran else "nothing was run")
sys.exit(1 if ran else 0)
