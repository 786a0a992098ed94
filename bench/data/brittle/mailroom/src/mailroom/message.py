"""A message and its headers."""

import itertools
import socket
from dataclasses import dataclass, field
from email.utils import formatdate

NUMBERS = itertools.count(1)


def sender_host():
    """The address that this machine speaks from; no packet is sent to find it."""
    probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        probe.connect(("10.255.255.255", 1))
        return probe.getsockname()[0]
    except OSError:
        return "127.0.0.1"
    finally:
        probe.close()


@dataclass
class Message:
    to: str
    subject: str
    body: str = ""
    headers: dict = field(default_factory=dict)

    def stamped(self, now=None):
        self.headers["Date"] = formatdate(now, localtime=True)
        return self

    def stamped_in_utc(self, now):
        self.headers["Date"] = formatdate(now, usegmt=True)
        return self

    def message_id(self, host=None):
        return f"<{next(NUMBERS)}@{host or sender_host()}>"

    def as_text(self):
        headers = {"To": self.to, "Subject": self.subject, **self.headers}
        return "\n".join([*(f"{name}: {value}" for name, value in headers.items()), "", self.body])
