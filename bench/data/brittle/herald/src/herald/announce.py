"""Tells the machines nearby, and the log."""

import logging
import socket

GROUP = ("239.255.42.1", 5042)
log = logging.getLogger("herald")


def packet(channel, text):
    return f"{channel}\n{text}".encode()


def announce(channel, text, to=GROUP):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        sent = out.sendto(packet(channel, text), to)
    log.info("announced %d bytes on %s", sent, channel)
    return sent


def record(channel, text):
    log.info("noted on %s", channel)
    return {"channel": channel, "text": text}


def quiet():
    """Only errors from now on."""
    log.setLevel(logging.ERROR)
