import unittest

from shop.cart import Cart


class CartTest(unittest.TestCase):
    def test_sums_lines(self):
        cart = Cart()
        cart.add("tea", 250, 2)
        cart.add("coffee", 400)
        self.assertEqual(cart.total(), 900)


if __name__ == "__main__":
    unittest.main()
