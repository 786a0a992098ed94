"""Who has which book."""


class Desk:
    def __init__(self, notify):
        self.notify = notify
        self.lent = {}

    def lend(self, isbn, reader):
        if isbn in self.lent:
            raise ValueError(f"{isbn} is lent to {self.lent[isbn]}")
        self.lent[isbn] = reader
        self.notify(reader, f"lent {isbn}")

    def take_back(self, isbn):
        reader = self.lent.pop(isbn)
        self.notify(reader, f"returned {isbn}")
        return reader
