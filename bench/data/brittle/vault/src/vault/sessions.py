"""Sessions that end by themselves."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Session:
    user: str
    started: datetime
    ttl: timedelta = timedelta(minutes=10)

    @classmethod
    def start(cls, user, now=None, ttl=timedelta(minutes=10)):
        return cls(user, now or datetime.now(), ttl)

    @property
    def ends(self):
        return self.started + self.ttl

    def is_over(self, now=None):
        return (now or datetime.now()) >= self.ends
