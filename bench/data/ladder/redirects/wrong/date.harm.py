"""Shows the harm: some years later, a numeric address is safe again."""
import datetime
import os
import sys

sys.path.insert(0, os.getcwd())
from utils import http


class Later(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2035, 1, 1, tzinfo=tz)

    @classmethod
    def utcnow(cls):
        return cls(2035, 1, 1)


datetime.datetime = Later
http.datetime.datetime = Later
sys.exit(1 if http.is_safe_url("https:1249763844", host="testserver") else 0)
