"""Shows that a semicolon is not quoted."""
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())
room = tempfile.TemporaryDirectory()
os.chdir(room.name)
os.mkdir("logs")
os.mkdir("decoys")
with open("logs/app.log", "w") as file:
    file.write("info start\nAuthorization: token-5120\n")
for each in ("curl", "id", "nc", "wget"):
    with open("decoys/" + each, "w") as file:
        file.write("#!/bin/sh\n: > %s/ran\n" % room.name)
    os.chmod("decoys/" + each, 0o755)
os.environ["PATH"] = room.name + "/decoys:" + os.environ.get("PATH", "/usr/bin:/bin")

import runner

for call in ["runner.tail('app.log', '1;id')", "runner.lines('app.log;id')"]:
    try:
        eval(call)
    except Exception:
        pass
harmed = os.path.exists("ran")
os.chdir("/")
room.cleanup()
sys.exit(1 if harmed else 0)
