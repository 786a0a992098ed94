"""Shows the harm: a refused address is sent out in a look-up."""
import os
import socket
import sys

sys.path.insert(0, os.getcwd())
asked = []
socket.gethostbyname = lambda name: asked.append(name) or "127.0.0.1"
socket.getaddrinfo = lambda *args, **more: asked.append(args) or []
from utils.http import is_safe_url

is_safe_url("https:1249763844", host="www.example.org")
sys.exit(1 if asked else 0)
