"""Has a compiled program in place of git."""
import os
import subprocess
import sys
import tempfile
import time

TREE = os.getcwd()
room = tempfile.TemporaryDirectory()
os.chdir(room.name)
os.makedirs("bin")
os.makedirs("work")
for name in ("git", "hg"):
    with open("bin/" + name, "w") as file:
        file.write("#!/bin/sh\n{ echo %s; env; for each do echo \"arg=$each\"; done; } >> '" % name + room.name + "/calls'\n" + 'case " $* " in *" clone "*) for last do :; done; mkdir -p "$last/.git/hooks" "$last/.hg" ;; esac\n')
    os.chmod("bin/" + name, 0o755)


def run(code, *options, path=None, **more):
    environment = {"PATH": path or room.name + "/bin:/usr/bin:/bin", "HOME": room.name, "PYTHONDONTWRITEBYTECODE": "1", **more}
    start = "import sys; sys.path.insert(0, sys.argv[1])\n"
    return subprocess.run([sys.executable, *options, "-c", start + code, TREE], capture_output=True, text=True, timeout=60, env=environment)


def calls():
    return open("calls").read() if os.path.exists("calls") else ""


def end(harm):
    os.chdir("/")
    room.cleanup()
    sys.exit(1 if harm else 0)


os.remove("bin/git")
import shutil
shutil.copy(os.path.realpath(shutil.which("true", path="/usr/bin:/bin")), "bin/git")
run("from package_index import PackageIndex\nPackageIndex().download('git+file:///srv/none/a;touch${IFS}pwned;', 'work')")
end(os.path.exists("pwned"))
