"""What a customer takes home."""

from dataclasses import dataclass, field

from till.money import amount


@dataclass(frozen=True)
class Line:
    name: str
    price: int
    kind: str = "standard"


@dataclass
class Receipt:
    lines: list = field(default_factory=list)

    def add(self, name, price, kind="standard"):
        self.lines.append(Line(name, price, kind))
        return self

    @property
    def total(self):
        return sum(line.price for line in self.lines)

    def kinds(self):
        return sorted({line.kind for line in self.lines})

    def footer(self):
        return "rates: " + ", ".join({line.kind for line in self.lines})

    def render(self, width=24):
        rows = [f"{line.name:<{width - 10}}{amount(line.price):>10}" for line in self.lines]
        return "\n".join([*rows, "=" * width, f"{'total':<{width - 10}}{amount(self.total):>10}"])

    def save(self, path):
        with open(path, "w") as file:
            file.write(self.render())
        return path

    def archive(self, path):
        path.write_text(self.render(), encoding="utf-8")
        return path
