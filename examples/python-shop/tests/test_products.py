import unittest

from shop import products


class ProductsTest(unittest.TestCase):
    def test_each_has_a_price(self):
        for name, price in products.load("data/products").items():
            self.assertGreater(price, 0, name)


if __name__ == "__main__":
    unittest.main()
