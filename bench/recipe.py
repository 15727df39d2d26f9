"""Projects without CMake, for bench/replay and bench/mutants: a recipe file says how their tests are run.

A recipe is TOML, lies outside this repository, and holds

    sluice = '''...'''            # the sluice.toml to use
    ignore = [".gocache/"]        # may be left out: what the project's .gitignore would have to name for it
    [judge]                       # the truth: one bare process for each test file, nothing of Sluice in it
    files = ["tests/test_*.py"]   # globs as in sluice.toml, on the paths that git lists
    command = ["pytest", "{file}"]  # {file}, or {package}: then one process for each folder
    id = "click:{file}"           # what Sluice calls the test
    [environment]                 # for both, on top of the caller's
    PYTHONPATH = "src"

Dependencies are installed beforehand, outside the clone, where a test finds them with a private HOME and /tmp.
"""
import concurrent.futures
import fnmatch
import os
import re
import shutil
import subprocess
import tomllib

from history import Project, Timed


def matches(glob, path):
    """As model/glob.h has it, without its escapes: '*' stays within a component, '**' does not."""
    if "/" not in glob:
        path = os.path.basename(path)
    words = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.findall(r"\*\*/|\*\*|\*|\?|\[[^]]*\]|[^*?[]+", glob)
    pattern = "".join(words.get(part) or (part if part[0] == "[" else re.escape(part)) for part in parts)
    return re.fullmatch(pattern, path, re.S) is not None


class RecipeProject(Project):
    """A clone whose tests need no build. Outcomes are "run" (passed) and "fail", in ctest's words."""

    def __init__(self, source, recipe, work, sluice, jobs):
        with open(recipe, "rb") as file:
            self.recipe = tomllib.load(file)
        self.name = os.path.basename(recipe).removesuffix(".toml")
        self.root = os.path.join(work, self.name)
        self.sluice = os.path.abspath(sluice)
        self.jobs = jobs
        self.log = open(os.path.join(work, f"{self.name}.log"), "ab")
        self.environment = {**os.environ, **self.recipe.get("environment", {})}
        if os.path.exists(self.root):
            shutil.rmtree(self.root)
        self.run(["git", "clone", "-q", "--no-hardlinks", os.path.abspath(source), self.root], cwd=work, check=True)
        with open(os.path.join(self.root, ".git", "info", "exclude"), "a", encoding="utf-8") as out:
            out.writelines(line + "\n" for line in self.recipe.get("ignore", []))

    def write_config(self):
        with open(os.path.join(self.root, "sluice.toml"), "w", encoding="utf-8") as out:
            out.write(self.recipe["sluice"])

    def build_all(self):
        with Timed() as timed:
            pass
        return True, timed

    def files(self):
        """Every file that git would add, deleted ones left out."""
        listed = self.git("ls-files", "-z", "-co", "--exclude-standard").split("\0")
        return sorted({f for f in listed if f and f != "sluice.toml" and os.path.lexists(os.path.join(self.root, f))})

    def subjects(self):
        judge = self.recipe["judge"]
        matching = [f for f in self.files() if any(matches(glob, f) for glob in judge["files"])]
        if any("{package}" in word for word in judge["command"]):
            return sorted({os.path.dirname(f) or "." for f in matching})
        return matching

    def _passes(self, subject):
        package = "." if subject == "." else f"./{subject}"
        command = [word.replace("{file}", subject).replace("{package}", package)
                   for word in self.recipe["judge"]["command"]]
        try:
            return subprocess.run(command, cwd=self.root, env=self.environment, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def truth(self):
        name = self.recipe["judge"]["id"]
        subjects = self.subjects()
        with Timed() as timed, concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            passed = list(pool.map(self._passes, subjects))
        return {name.replace("{file}", s).replace("{package}", s): "run" if ok else "fail"
                for s, ok in zip(subjects, passed)}, timed

    def undo(self):
        self.git("reset", "-q", "--hard")
        self.git("clean", "-qfdx", "-e", "sluice.toml", "-e", ".sluice")


SCRIPT = (".py", ".js", ".mjs", ".cjs", ".go", ".sh", ".bash", ".bats", ".pl", ".pm", ".t")
CONFIGURATION = ("*.toml", "package.json", "*.cfg", "*.ini", "go.mod", ".*rc", ".*.json", "*.lock", "Makefile", "tox.ini")
TEMPLATE = ("*.html", "*.ejs", "*.hbs", "*.tmpl", "*.tpl", "*.j2", "*.in", "*.template")
# Swaps that these languages share; a line that does not parse any more is a mutant like another.
SWAPS = [(r"==", "!="), (r"!=", "=="), (r"<=", "<"), (r">=", ">"), (r"&&", "||"), (r"\|\|", "&&"), (r"\band\b", "or"),
         (r"\bor\b", "and"), (r"\b[Tt]rue\b", "0"), (r"\b[Ff]alse\b", "1"), (r" \+ ", " - "), (r" - ", " + "),
         (r"\bnot ", ""), (r"-eq ", "-ne "), (r"(?<![\w.])[0-9](?![\w.])", "7")]


class RecipeMutator:
    """Seeded changes of a project in any language; the same seed gives the same changes."""

    KINDS = ("source", "source", "test", "data", "template", "configuration", "deletion", "rename", "new file")

    def __init__(self, project, rng):
        self.project, self.rng = project, rng
        tests = set(project.subjects()) | {f for f in project.files() if "test" in f.lower()}
        files = [f for f in project.files() if os.path.isfile(os.path.join(project.root, f))
                 and not os.path.islink(os.path.join(project.root, f))]
        self.files = files
        self.of_kind = {
            "source": [f for f in files if self._is_script(f) and f not in tests],
            "test": [f for f in files if self._is_script(f) and f in tests],
            "configuration": self._matching(files, CONFIGURATION),
            "template": self._matching(files, TEMPLATE),
        }
        taken = set().union(*self.of_kind.values())
        self.of_kind["data"] = [f for f in files if f not in taken]

    def _is_script(self, name):
        if name.endswith(SCRIPT):
            return True
        with open(os.path.join(self.project.root, name), "rb") as file:
            return file.read(2) == b"#!"

    @staticmethod
    def _matching(files, globs):
        return [f for f in files if any(fnmatch.fnmatchcase(os.path.basename(f), glob) for glob in globs)]

    def apply(self):
        """Changes the tree; returns (kind, what)."""
        while True:
            kind = self.rng.choice(self.KINDS)
            what = self._apply_kind(kind)
            if what:
                return kind, what

    def _apply_kind(self, kind):
        if kind in ("deletion", "rename", "new file"):
            name = self.rng.choice(self.files)
            return {"deletion": self._delete, "rename": self._rename, "new file": self._create}[kind](name)
        if not self.of_kind[kind]:
            return None
        name = self.rng.choice(self.of_kind[kind])
        path = os.path.join(self.project.root, name)
        if kind in ("source", "test"):
            return name if self._swap(path) else None
        with open(path, "ab") as out:
            out.write(b"\n" if kind == "configuration" and self.rng.random() < .5 else b"1\n")
        return name

    def _swap(self, path):
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            lines = file.read().split("\n")
        places = [(i, pattern, new) for i, line in enumerate(lines) for pattern, new in SWAPS
                  if not line.lstrip().startswith(("#", "//", "*")) and re.search(pattern, line)]
        if not places:
            return False
        at, pattern, new = self.rng.choice(places)
        lines[at] = re.sub(pattern, new, lines[at], count=1)
        with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write("\n".join(lines))
        return True

    def _delete(self, name):
        os.remove(os.path.join(self.project.root, name))
        return name

    def _rename(self, name):
        os.rename(os.path.join(self.project.root, name), os.path.join(self.project.root, name + ".renamed"))
        return name

    def _create(self, name):
        """A new file beside an old one, under a name of the same kind."""
        stem, extension = os.path.splitext(name)
        new = f"{stem}_new{extension}"
        shutil.copy(os.path.join(self.project.root, name), os.path.join(self.project.root, new))
        return new
