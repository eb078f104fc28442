"""Plant faults, one at a time, and see that a test goes red: `python -m tools.mutate`.

    python -m tools.mutate                      those of tests/faults.toml; a survivor is an error
    python -m tools.mutate --draw 40 --seed 1   new ones from all rooms, printed as such entries

A fault is a line of a file and what it becomes. Each is planted in a copy of the project, where the
tests named beside it must fail. A drawn fault meets the tests nearest to its file, then all others.
"""

import argparse
import ast
import os
import random
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from pathlib import Path
from queue import Queue
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "lossviz"
LISTED = ROOT / "tests" / "faults.toml"
MOST_A_FILE = 2
PATIENCE = 600  # seconds that the tests of one fault may take: a loop without end is a fault seen
SWAPS: dict[type, tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.In: (" in ", " not in "),
    ast.NotIn: (" not in ", " in "),
    ast.Is: (" is ", " is not "),
    ast.IsNot: (" is not ", " is "),
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.And: (" and ", " or "),
    ast.Or: (" or ", " and "),
}


WORDS = {
    " < ": " <= ",
    " <= ": " < ",
    " > ": " >= ",
    " >= ": " > ",
    " === ": " !== ",
    " !== ": " === ",
    " + ": " - ",
    " - ": " + ",
    " * ": " / ",
    " / ": " * ",
    " && ": " || ",
    " || ": " && ",
    " ?? ": " && ",
}
Edit = tuple[int, int, int, str]  # row, first and last byte in it, and what comes to stand there


@dataclass(frozen=True)
class Fault:
    """file: from the project's top. line: as it stands there, once, without the blanks around it.
    becomes: what is planted in its place. tests: files or tests of which one must fail."""

    file: str
    line: str
    becomes: str
    tests: tuple[str, ...] = ()

    def planted(self, text: str) -> str:
        """The file's text with the fault; LookupError where its line is not there exactly once."""
        lines = text.split("\n")
        at = [i for i, line in enumerate(lines) if line.strip() == self.line]
        if len(at) != 1:
            raise LookupError(f"{self.file}: {len(at)} lines are {self.line!r}")
        lines[at[0]] = lines[at[0]].replace(self.line, self.becomes)
        return "\n".join(lines)

    def __str__(self) -> str:
        return f"{self.file}: {self.line}\n    becomes {self.becomes}"


def listed() -> list[Fault]:
    """The faults that are kept."""
    entries = tomllib.loads(LISTED.read_text(encoding="utf-8"))["fault"]
    return [Fault(**{**entry, "tests": tuple(entry["tests"])}) for entry in entries]


def drawn(count: int, seed: int) -> list[Fault]:
    """Faults from as many folders and files of the package as there are, two a file at most."""
    rng = random.Random(seed)
    rooms: dict[Path, list[Path]] = {}
    for path in sorted(path for end in ("py", "js") for path in PACKAGE.rglob(f"*.{end}")):
        rooms.setdefault(path.parent, []).append(path)
    for paths in rooms.values():
        rng.shuffle(paths)
    faults: list[Fault] = []
    taken: Counter[str] = Counter()
    turns = [path for row in zip_longest(*rooms.values()) for path in row if path is not None]
    for path in turns * MOST_A_FILE:
        if len(faults) == count:
            break
        options = list(_options(path))
        rng.shuffle(options)
        found = next((fault for fault in options if _reads(fault)), None)
        if found is not None and taken[str(path)] < MOST_A_FILE:
            taken[str(path)] += 1
            faults.append(found)
    return list(dict.fromkeys(faults))


def _options(path: Path) -> Iterator[Fault]:
    """Each small fault that a line of the file allows, where the line stands there but once."""
    text = path.read_text(encoding="utf-8")
    lines = text.split("\n")
    once = Counter(line.strip() for line in lines)
    edits = _in_python(ast.parse(text), lines) if path.suffix == ".py" else _in_words(lines)
    for row, start, end, new in edits:
        line = lines[row].encode()  # columns of a tree count bytes
        becomes = (line[:start] + new.encode() + line[end:]).decode().strip()
        line = line.decode().strip()
        fault = Fault(path.relative_to(ROOT).as_posix(), line, becomes)
        if once[line] == 1 and becomes != line:
            yield fault


def _reads(fault: Fault) -> bool:
    """Whether the file can still be read at all: a fault that no test needs to see is none."""
    text = (ROOT / fault.file).read_text(encoding="utf-8")
    try:
        return fault.file.endswith(".js") or bool(ast.parse(fault.planted(text)))
    except SyntaxError:
        return False


def _in_python(tree: ast.AST, lines: Sequence[str]) -> Iterator[Edit]:
    passed_over = [
        each
        for node in ast.walk(tree)
        for part in [*getattr(node, "decorator_list", ()), *_checks(node)]
        for each in ast.walk(part)
    ]
    out = set(map(id, passed_over))
    for node in ast.walk(tree):
        if id(node) not in out:
            yield from _of_node(node, lines)


def _checks(node: ast.AST) -> list[ast.AST]:
    """Arguments that only guard against faults elsewhere, such as zip's."""
    return [node] if isinstance(node, ast.keyword) and node.arg == "strict" else []


def _of_node(node: Any, lines: Any) -> Iterator[Any]:
    """The ways in which one node of a tree may go wrong."""
    pairs: Iterable[Any] = ()
    match node:
        case ast.Compare():
            pairs = zip([node.left, *node.comparators], node.ops, node.comparators, strict=False)
        case ast.BinOp():
            pairs = [(node.left, node.op, node.right)]
        case ast.BoolOp():
            pairs = [(a, node.op, b) for a, b in pairwise(node.values)]
            a, b = node.values[-2:]
            if a.end_lineno == b.lineno == b.end_lineno:  # the last condition is dropped
                yield b.lineno - 1, a.end_col_offset, b.end_col_offset, ""
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield node.lineno - 1, node.col_offset, node.operand.col_offset, ""
        case ast.Constant(value=bool() as value):
            yield node.lineno - 1, node.col_offset, node.end_col_offset, str(not value)
        case ast.Constant(value=int() | float() as value):
            new = repr(value + 1 if isinstance(value, int) else value * 10)
            yield node.lineno - 1, node.col_offset, node.end_col_offset, new
    for left, operator, right in pairs:
        if type(operator) in SWAPS and left.end_lineno == right.lineno:
            old, new = SWAPS[type(operator)]
            start, end = left.end_col_offset, right.col_offset
            between = lines[right.lineno - 1].encode()[start:end].decode()
            if between.count(old) == 1:
                yield right.lineno - 1, start, end, between.replace(old, new)


def _in_words(lines: Sequence[str]) -> Iterator[Edit]:
    """In JavaScript, of which there is no tree here: signs with a blank on either side."""
    for row, line in enumerate(lines):
        if line.strip().startswith(("//", "*", "/*", "import")):
            continue
        for match in re.finditer("|".join(map(re.escape, WORDS)), line):
            start, end = (len(line[:at].encode()) for at in match.span())
            yield row, start, end, WORDS[match[0]]


def near(file: str) -> list[str]:
    """The tests of the package that a file's own tests are most likely among: those which name its
    module or its folder; of the player's own modules those that Node runs."""
    if file.endswith(".js"):
        return ["tests/test_javascript.py"]
    parts = Path(file).with_suffix("").parts
    words = {part for part in parts[1:] if part != "__init__"}
    dotted = ".".join(parts)
    found = {}
    for path in sorted((ROOT / "tests").glob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        imports = (dotted in text) * 8 + (".".join(parts[:2]) in text)
        named = 4 * sum(word.strip("_") in path.stem for word in words)
        if imports + named:
            found[path.relative_to(ROOT).as_posix()] = imports + named
    return sorted(found, key=lambda name: -found[name])[:6]


def killer(fault: Fault, copy: Path) -> str:
    """The first test that fails with the fault in the copy; "" if none does."""
    target = copy / fault.file
    sound = target.read_text(encoding="utf-8")
    target.write_text(fault.planted(sound), encoding="utf-8")
    try:
        if fault.tests:
            return _first_failure(copy, fault.tests)
        return _first_failure(copy, near(fault.file))
    finally:
        target.write_text(sound, encoding="utf-8")


def _first_failure(copy: Path, tests: Sequence[str]) -> str:
    if not tests:
        return ""
    options = ["-x", "-q", "--no-header", "--tb=no", "-p", "no:cacheprovider", "-p", "no:xdist"]
    command = [sys.executable, "-m", "pytest", *options, "-rfE", *tests]
    # No bytecode: a file that is changed back within a second would be taken for the changed one.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, text=True, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        return f"no end within {PATIENCE} s"
    if done.returncode == 0:
        return ""
    said = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return said[0].split(" - ")[0].split(" ", 1)[1] if said else f"exit {done.returncode}"


def copied(folder: Path) -> Path:
    """A copy of what git tracks or would."""
    names = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    for name in names:
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def entry(fault: Fault, test: str) -> str:
    """The fault as it stands in the list."""
    fields = {"file": fault.file, "line": fault.line, "becomes": fault.becomes}
    rows = [f"{key} = {_quoted(value)}" for key, value in fields.items()]
    return "\n".join(["[[fault]]", *rows, f"tests = [{_quoted(test)}]"]) + "\n"


def _quoted(text: str) -> str:
    if "'" not in text:
        return f"'{text}'"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def main(argv: Sequence[str] | None = None) -> int:
    """The number of survivors decides: 0 where there are none."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutate", description=__doc__)
    parser.add_argument("--draw", type=int, metavar="N", default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args(argv)
    faults = drawn(args.draw, args.seed) if args.draw else listed()
    survivors = 0
    copies: Queue[Path] = Queue()
    with TemporaryDirectory() as folder, ThreadPoolExecutor(args.workers) as pool:
        for i in range(args.workers):
            copies.put(copied(Path(folder) / str(i)))

        def tried(fault: Fault) -> str:
            copy = copies.get()
            try:
                return killer(fault, copy)
            finally:
                copies.put(copy)

        for fault, test in zip(faults, pool.map(tried, faults), strict=True):
            survivors += not test
            print(
                entry(fault, test or "SURVIVED") if args.draw or not test else f"seen: {fault}",
                flush=True,
            )
    print(f"{len(faults) - survivors} of {len(faults)} faults were seen, {survivors} survived")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
