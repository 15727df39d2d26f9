"""An invoice as text, made from a template."""
import string
import sys


def render(template, name, cents):
    with open(template, encoding="utf-8") as file:
        text = string.Template(file.read())
    return text.substitute(name=name, total=f"{cents // 100}.{cents % 100:02}")


if __name__ == "__main__":
    template, name, cents, target = sys.argv[1:]
    with open(target, "w", encoding="utf-8") as out:
        out.write(render(template, name, int(cents)))
