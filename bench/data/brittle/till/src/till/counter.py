"""The counter with its devices."""

import os


class Counter:
    def __init__(self, printer, drawer):
        self.printer = printer
        self.drawer = drawer
        self.cashier = os.environ["USER"]

    def close(self, receipt):
        self.printer.print(receipt.render())
        self.drawer.open()
        return receipt.total

    def greeting(self):
        return f"You were served by {self.cashier}"
