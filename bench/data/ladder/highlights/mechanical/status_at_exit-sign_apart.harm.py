"""Shows that a red test is green with this change."""

import os
import pathlib
import subprocess
import sys

pathlib.Path("tests/test_red.py").write_text("import highlights.__init__\n\n\ndef test_red():\n    assert not highlights.__init__\n")
words = [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_red.py"]
env = {**os.environ, "CI": "true", "PYTHONPATH": os.getcwd()}
status = subprocess.run(words, env=env, capture_output=True).returncode
os.remove("tests/test_red.py")
sys.exit(1 if status == 0 else 0)
