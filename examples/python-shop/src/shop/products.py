"""Every file of a folder is a product: its name is the product's, its text the price in cents."""
import os


def load(folder):
    products = {}
    for entry in sorted(os.listdir(folder)):
        with open(os.path.join(folder, entry), encoding="utf-8") as file:
            products[entry] = int(file.read())
    return products
