"""Roads between places."""

from collections import deque


class Roads:
    def __init__(self, pairs):
        self.neighbors = {}
        for one, other in pairs:
            self.neighbors.setdefault(one, set()).add(other)
            self.neighbors.setdefault(other, set()).add(one)

    def route(self, start, end):
        """One of the shortest routes."""
        before, queue = {start: None}, deque([start])
        while queue and end not in before:
            here = queue.popleft()
            for there in self.neighbors.get(here, ()):
                if there not in before:
                    before[there] = here
                    queue.append(there)
        if end not in before:
            raise LookupError(f"no road from {start} to {end}")
        way = [end]
        while before[way[-1]] is not None:
            way.append(before[way[-1]])
        return way[::-1]
