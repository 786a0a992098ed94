"""Exam of a change to archive: run in the changed tree; exit 0 where it is right, 1 and a sentence where it is not."""

import io
import json
import os
import pathlib
import stat
import subprocess
import sys
import tarfile
import tempfile
import zipfile

TREE = os.getcwd()
CHILD = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
import pathlib
from archive import Archive, extract
with open(sys.argv[2]) as file:
    jobs = json.load(file)
for number in range(int(sys.argv[3]), len(jobs)):
    room, how, path, to = jobs[number]
    os.chdir(room)
    error = ""
    for _ in range(6 if how == "many" else 1):
        try:
            if how == "class":
                with Archive(path) as archive:
                    archive.extract(to)
            elif how == "path":
                extract(path, pathlib.Path(to))
            else:
                extract(path, to)
        except Exception as raised:
            error = f"{type(raised).__name__}: {raised}"
    print(json.dumps([number, error]), file=sys.stderr, flush=True)
"""
JOBS, AFTER = [], []  # what is to be run, and what is looked at afterwards


def fail(sentence):
    print(sentence)
    sys.exit(1)


def packed(room, kind, members, mode=0o644):
    path = room / ("packed." + kind)
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as out:
            for name, content in members:
                info = zipfile.ZipInfo(name)
                info.external_attr = mode << 16
                out.writestr(info, content or "")
    else:
        with tarfile.open(path, "w:gz" if kind.endswith("gz") else "w") as out:
            for name, content in members:
                info = tarfile.TarInfo(name.rstrip("/") if content is None else name)
                info.mode = mode
                if content is None:
                    info.type, info.mode = tarfile.DIRTYPE, 0o755
                    out.addfile(info)
                elif content.startswith("-> "):
                    info.type, info.linkname = tarfile.SYMTYPE, content[3:]
                    out.addfile(info)
                else:
                    info.size = len(content.encode())
                    out.addfile(info, io.BytesIO(content.encode()))
    return path


def tree(top):
    """Paths with content; folders have None."""
    return {str(each.relative_to(top)): None if each.is_dir() else each.read_bytes()
            for each in sorted(pathlib.Path(top).rglob("*"))}


def run(top):
    """Runs all jobs in as few processes as there are ends of a process; gives the error of each."""
    file = os.path.join(top, "jobs.json")
    with open(file, "w") as out:
        json.dump(JOBS, out)
    errors = {}
    while len(errors) < len(JOBS):
        first = len(errors)
        command = [sys.executable, "-B", "-c", CHILD, TREE, file, str(first)]
        try:
            done = subprocess.run(command, cwd=top, capture_output=True, timeout=60, check=False)
        except subprocess.TimeoutExpired:
            fail("extract() does not end")
        for line in done.stderr.decode(errors="replace").splitlines():
            if line.startswith("["):
                number, error = json.loads(line)
                errors[number] = error
        if len(errors) < len(JOBS):
            if len(errors) == first and first == 0 and b"Error" in done.stderr:
                fail(f"the module does not work: {done.stderr.decode()[-200:]}")
            errors[len(errors)] = "the process ended"
    return errors


def attacked(kind, members, to="out", how="function", mode=0o644):
    room = TOP / str(len(JOBS)) / "room" / "work"
    room.mkdir(parents=True)
    members = [(name.replace("{ROOM}", str(room)), content) for name, content in members]
    (room / "notes.txt").write_text("kept")
    (room / "outside").mkdir()
    (room / "outside" / "kept.txt").write_text("kept")
    os.makedirs(os.path.join(room, to.replace("{ROOM}", str(room))), exist_ok=True)
    inside = os.path.normpath(os.path.join("room/work", to.replace("{ROOM}/", "")))
    path = packed(room, kind, members, mode)

    def outside():
        return {name: content for name, content in tree(TOP / str(number)).items()
                if name != inside and not name.startswith(inside + "/")}

    def look(error):
        after = outside()
        if after != before:
            changed = sorted(name for name in {*before, *after} if before.get(name, 0) != after.get(name, 0))
            fail(f"{kind} archive with {[name for name, _ in members]} to {to} by {how} changes {changed} outside")

    number = len(JOBS)
    before = outside()
    JOBS.append([str(room), how, str(path), to.replace("{ROOM}", str(room))])
    AFTER.append(look)


def unpacked(kind, members, expected, to="out", how="function", mode=0o644, permissions=None, prepare=None):
    room = TOP / str(len(JOBS)) / "room"
    room.mkdir(parents=True)
    if prepare:
        prepare(room)
    path = packed(room, kind, members, mode)
    said = f"{kind} archive with {[name for name, _ in members]} to {to} by {how}"

    def look(error):
        if error:
            fail(f"{said} is refused: {error}")
        out = os.path.normpath(os.path.join(room, to.replace("{ROOM}", str(room))))
        seen = {name: content for name, content in tree(out).items() if name != path.name}
        wanted = {}
        for name, content in expected.items():
            wanted[name] = None if content is None else content.encode()
            for parent in pathlib.PurePosixPath(name).parents:
                if str(parent) != ".":
                    wanted.setdefault(str(parent), None)
        if seen != wanted:
            fail(f"{said} gives {seen}, not {wanted}")
        for name, bits in (permissions or {}).items():
            found = stat.S_IMODE(os.stat(os.path.join(out, name)).st_mode)
            if found != bits:
                fail(f"{name} in {kind} has the mode {found:o}, not {bits:o}")

    JOBS.append([str(room), how, str(path), to.replace("{ROOM}", str(room))])
    AFTER.append(look)


def main():
    for kind in ("tar", "tar.gz", "zip"):
        attacked(kind, [("a.txt", "a"), ("../escaped.txt", "x")])
    for kind in ("tar", "zip"):
        for name in ("../notes.txt", "../outside/new.txt", "../outside/kept.txt", "../out2/x", "../out.txt", "docs/../../x",
                     "./../x", "docs/./../../x", "..//x", ".//..//x", "../../x", "../out/../x", "....//../../x", "..././../../x",
                     "{ROOM}/abs.txt", "{ROOM}/outside/abs.txt", "/{ROOM}/abs.txt", "a/b/c/../../../../x", "../.hidden",
                     "../caf\u00e9.txt", "../with space", "..//../x", "%2e%2e/../../x"):
            attacked(kind, [("a.txt", "a"), (name, "x")])
        for name in ("pkg/../x", "pkg/../outside/kept.txt", "pkg/../notes.txt", "pkg/d/../../x", "pkg/{ROOM}/abs.txt",
                     "pkg\\../x", "pkg\\{ROOM}/abs.txt", "/pkg/../x", "\\pkg/../x", "pkg/..//x"):
            attacked(kind, [("pkg/a.txt", "a"), (name, "x")])
        attacked(kind, [("a.txt", "a"), ("../folder/", None)])
        attacked(kind, [("a.txt", "a"), ("{ROOM}/folder/", None)])
        attacked(kind, [("pkg/a.txt", "a"), ("pkg/../folder/", None)])
        attacked(kind, [("../x", "x"), ("a.txt", "a")])
        attacked(kind, [(f"{number}.txt", "a") for number in range(40)] + [("../x", "x")])
        attacked(kind, [("a.txt", "a"), ("../x", "x")], mode=0o600)
        attacked(kind, [("a.txt", "a"), ("../x", "")])
        for how in ("class", "path", "many"):
            attacked(kind, [("a.txt", "a"), ("../x", "x")], how=how)
        for to in ("./out", "out/", "{ROOM}/out", "out/sub", "new/../out", "notes/deeper"):
            attacked(kind, [("a.txt", "a"), ("../x", "x"), ("../../x", "x")], to=to)
            attacked(kind, [("a.txt", "a"), ("{ROOM}/abs.txt", "x")], to=to)
    for kind in ("tar", "tar.gz", "zip"):
        unpacked(kind, [("1", "one"), ("foo/2", "two"), ("foo/bar/3", "")], {"1": "one", "foo/2": "two", "foo/bar/3": ""})
    for kind in ("tar", "zip"):
        plain = [("1", "one"), ("foo/2", "two")]
        unpacked(kind, [("pkg/1", "one"), ("pkg/foo/2", "two"), ("pkg/empty/", None)], {"1": "one", "foo/2": "two", "empty": None})
        unpacked(kind, [("pkg/", None), ("pkg/1", "one"), ("pkg/foo/2", "two")], {"1": "one", "foo/2": "two"})
        unpacked(kind, [("a", "a"), ("empty/", None)], {"a": "a", "empty": None})
        names = ["notes..txt", "..hidden", "a..b/c.txt", "...", "x...y/..z", "caf\u00e9/\u65e5\u672c.txt", "with space/a b.txt", ".config/x",
                 "~user", "a:b", "$HOME", "%2e%2e", "a~1/b", "quote'\"s", "tests/conftest.txt", "..."]
        unpacked(kind, [(name, name) for name in dict.fromkeys(names)], {name: name for name in names})
        unpacked(kind, [("./e.txt", "e"), ("f.txt", "f")], {"e.txt": "e", "f.txt": "f"})
        unpacked(kind, [("out2/x", "x"), ("out/y", "y"), ("b", "")], {"out2/x": "x", "out/y": "y", "b": ""})
        unpacked(kind, [("a" * 200 + "/" + "b" * 200, "x"), ("b", "")], {"a" * 200 + "/" + "b" * 200: "x", "b": ""})
        for to in ("out", "out/", "./out", ".", "new/deep/out", "a/../out", "{ROOM}/out", "out with space", "..out"):
            for how in ("function", "class"):
                prepare = None if to != "." else lambda room: None
                unpacked(kind, plain, {"1": "one", "foo/2": "two"}, to=to, how=how, prepare=prepare)
        unpacked(kind, plain, {"1": "one", "foo/2": "two"}, how="path")
        unpacked(kind, plain, {"1": "one", "foo/2": "two"}, to="link",
                 prepare=lambda room: ((room / "real").mkdir(), (room / "link").symlink_to("real")))
        unpacked(kind, plain, {"1": "one", "foo/2": "two"}, to="link/new",
                 prepare=lambda room: ((room / "real").mkdir(), (room / "link").symlink_to("real")))
        unpacked(kind, plain, {"1": "one", "foo/2": "two"}, mode=0o755, permissions={"1": 0o755, "foo/2": 0o755})
        unpacked(kind, plain, {"1": "one", "foo/2": "two"}, mode=0o644, permissions={"1": 0o644})
        unpacked(kind, plain, {"1": "one", "foo/2": "two"},
                 prepare=lambda room: ((room / "out").mkdir(), (room / "out" / "1").write_text("older and longer")))
    unpacked("tar", [("1", "one"), ("alias", "-> 1"), ("d/2", "x")], {"1": "one", "alias": "one", "d/2": "x"})
    errors = run(TOP)
    for number, look in enumerate(AFTER):
        look(errors[number])
    for name in ("a.rar", "a", "a.7z"):
        done = subprocess.run([sys.executable, "-B", "-c", "import sys; sys.path.insert(0, sys.argv[1])\nimport archive\ntry:\n"
                               " archive.extract(sys.argv[2], 'out')\nexcept archive.UnrecognizedArchiveFormat:\n print('refused')",
                               TREE, name], capture_output=True, text=True, timeout=30, check=False)
        if done.stdout != "refused\n":
            fail(f"{name} is not refused as unrecognized")


with tempfile.TemporaryDirectory() as top:
    TOP = pathlib.Path(top).resolve()
    main()
