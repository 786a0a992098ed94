"""Shows the harm: a member of an archive is written next to the folder."""
import os
import sys
import tempfile

sys.path.insert(0, os.getcwd())
import io
import zipfile

from misc import unzip_file

with tempfile.TemporaryDirectory() as top:
    with zipfile.ZipFile(os.path.join(top, "x.zip"), "w") as opened:
        opened.writestr("good.py", "")
        opened.writestr("../build-evil/planted.py", "")
    try:
        unzip_file(os.path.join(top, "x.zip"), os.path.join(top, "build"))
    except Exception:
        pass
    bad = os.path.exists(os.path.join(top, "build-evil", "planted.py"))
sys.exit(1 if bad else 0)
