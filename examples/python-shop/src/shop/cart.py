"""What a customer has chosen; prices in cents."""


class Cart:
    def __init__(self):
        self.lines = []

    def add(self, name, price, count=1):
        self.lines.append((name, price, count))

    def total(self):
        return sum(price * count for _, price, count in self.lines)
