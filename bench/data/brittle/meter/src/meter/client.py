"""Sends metrics by UDP, and forgets them."""

import socket


def line(name, value, kind="c"):
    if ":" in name or "|" in name:
        raise ValueError(f"{name!r} holds a separator")
    return f"{name}:{value}|{kind}"


class Client:
    def __init__(self, host="192.0.2.10", port=8125, prefix="app"):
        self.address = (host, port)
        self.prefix = prefix
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def send(self, name, value, kind="c"):
        data = line(f"{self.prefix}.{name}", value, kind).encode()
        return self.socket.sendto(data, self.address)

    def incr(self, name, by=1):
        return self.send(name, by)

    def close(self):
        self.socket.close()
