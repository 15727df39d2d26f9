import unittest

from shop import rates


class RatesTest(unittest.TestCase):
    def test_the_euro_is_one(self):
        self.assertEqual(rates.load("data")["EUR"], 1)


if __name__ == "__main__":
    unittest.main()
