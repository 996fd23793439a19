"""The rooms of the package: no two import each other, none reaches into the maintainers' tools, all are on the map."""

import ast
import re
from graphlib import TopologicalSorter

from chipcheck import paths

PACKAGE = paths.ROOT / "chipcheck"
MODULES = {
    ".".join(file.relative_to(paths.ROOT).with_suffix("").parts).removesuffix(".__init__"): file
    for file in sorted(PACKAGE.rglob("*.py"))
}


def imports(file):
    """Yield the modules that a file imports, wherever in it: also those that a function loads late."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
            yield node.module


def test_no_two_modules_import_each_other():
    graph = {
        name: {found for found in imports(file) if found in MODULES and found not in (name, "chipcheck")}
        for name, file in MODULES.items()
    }
    # a table of corrections is checked against the list of all tables, which lists it
    graph["chipcheck.schemas.article"].discard("chipcheck.schemas")
    for name in graph:  # a package stands for nothing but its own file
        graph[name] = {found for found in graph[name] if not name.startswith(f"{found}.")}
    assert list(TopologicalSorter(graph).static_order())


def test_the_report_needs_nothing_of_the_maintainers():
    reaching = [name for name, file in MODULES.items() if any(found.startswith("maintain") for found in imports(file))]
    assert not reaching


def test_the_map_names_every_module_and_no_other():
    text = (paths.ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = text[text.index("| module of `chipcheck/`") : text.index("Beside the package")].splitlines()[2:]
    cells = [row.split("|")[1:3] for row in rows if row.startswith("|")]
    named = {name for rooms, _ in cells for name in re.findall(r"`(\w+)/?`", rooms)}
    published = {name for rooms, words in cells if "publish" in rooms for name in re.findall(r"`(\w+)`", words)}
    assert named == {name.split(".")[1] for name in MODULES if "." in name}
    assert published | {"errors"} == {name.rpartition(".")[2] for name in MODULES if ".publish." in name}
