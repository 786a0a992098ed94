"""Tasks on disk, for other processes to take."""

import json
import os
import socket


def write(folder, name, task):
    path = folder / f"{name}.json"
    path.write_text(json.dumps(task), encoding="utf-8")
    return path


def write_private(folder, name, task):
    path = write(folder, name, task)
    os.chmod(path, 0o600)
    return path


def mode(path):
    return path.stat().st_mode & 0o777


def take(folder):
    """Every task, in the order of its name."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]


def knock(host, port):
    """Begin to connect, and say how it stands without waiting."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as door:
        door.setblocking(False)
        code = door.connect_ex((host, port))
    return "open" if code == 0 else os.strerror(code)
