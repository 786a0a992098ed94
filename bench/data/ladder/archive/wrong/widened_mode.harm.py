import io
import os
import pathlib
import sys
import tarfile
import tempfile
import zipfile

sys.path.insert(0, os.getcwd())
room = pathlib.Path(tempfile.mkdtemp())


def tar(members, name="a.tar", **headers):
    with tarfile.open(room / name, "w", format=tarfile.PAX_FORMAT, **headers) as out:
        for each in members:
            info = tarfile.TarInfo(each)
            info.size = 1
            info.mode = 0o644
            out.addfile(info, io.BytesIO(b"x"))
    return str(room / name)


def zipped(members, name="a.zip", comment=b"", content="x"):
    with zipfile.ZipFile(room / name, "w") as out:
        for each in members:
            out.writestr(each, content)
        out.comment = comment
    return str(room / name)


def tried(path, to=None):
    from archive import extract
    try:
        extract(path, str(to or room / "out"))
    except Exception as error:
        print(type(error).__name__, error)


tried(tar(["a", "post.hook"]))
mode = (room / "out" / "post.hook").stat().st_mode & 0o777
if mode != 0o644:
    print(f"post.hook has the mode {mode:o}")
    sys.exit(1)
