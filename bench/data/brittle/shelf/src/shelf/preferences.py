"""What a reader prefers, in their home."""

from pathlib import Path


def path_of(home=None):
    return (home or Path.home()) / ".shelf"


def save(values, home=None):
    lines = [f"{name}={value}" for name, value in sorted(values.items())]
    path = path_of(home)
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def load(home=None):
    path = path_of(home)
    if not path.exists():
        return {}
    return dict(line.split("=", 1) for line in path.read_text(encoding="utf-8").splitlines())
