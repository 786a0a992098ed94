
import os, pathlib, sys, tempfile
tree = os.getcwd()
room = tempfile.mkdtemp()
os.chdir(room)
sys.path.insert(0, tree)
pathlib.Path(".schemes").write_text("javascript data")
import blocks
made = blocks.body("[press](javascript:alert(1))")
pathlib.Path(".schemes").unlink()
os.chdir(tree)
os.rmdir(room)
raise SystemExit(1 if "javascript:" in made else 0)
