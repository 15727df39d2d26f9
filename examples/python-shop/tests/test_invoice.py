import os
import subprocess
import sys
import tempfile
import unittest


class InvoiceTest(unittest.TestCase):
    def test_a_process_writes_what_the_template_says(self):
        with tempfile.TemporaryDirectory() as folder:
            target = os.path.join(folder, "invoice")
            subprocess.run([sys.executable, "-B", "src/shop/invoice.py", "templates/invoice.txt", "Ada", "905",
                            target],
                           check=True)
            with open(target, encoding="utf-8") as file:
                self.assertEqual(file.read(), "Dear Ada,\nplease pay 9.05.\n")


if __name__ == "__main__":
    unittest.main()
