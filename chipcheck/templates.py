"""Templates of f-strings: what a sentence says, with named or numbered slots in place of what is computed.

The Chinese edition is made by the same notebooks. Their f-strings are read as templates before a cell runs, as the
t-strings of newer Pythons are, so that a sentence can be found in the catalogues whatever its numbers are.
"""

import ast
import re

HOOK = "__filled__"  # the name under which a kernel knows `edition.filled`
_WORDS = re.compile(r"[A-Za-z]{2}")


def template_of(node: ast.JoinedStr) -> tuple[str, list[tuple[str, ast.expr]]]:
    """Return the template of an f-string and its slots: names and the expressions that fill them.

    A slot is called what its expression is called if that is a name or an attribute of one, else by its place among
    the slots, from 1. Its format goes along, unless it is computed itself: then the slot is filled with formatted text.
    """
    parts, slots = [], []
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(part.value.replace("{", "{{").replace("}", "}}"))
            continue
        name = ast.unparse(part.value)
        name = name if re.fullmatch(r"[A-Za-z_][\w.]*", name) else str(len(slots) + 1)
        value, spec = part.value, part.format_spec
        if part.conversion != -1 or (spec and any(not isinstance(one, ast.Constant) for one in spec.values)):
            value, spec = ast.JoinedStr(values=[part]), None  # what it comes to, as text
        parts.append("{" + name + (":" + spec.values[0].value if spec and spec.values else "") + "}")
        slots.append((name, value))
    return "".join(parts), slots


def has_words(text: str) -> bool:
    """Say whether a template or a text has words outside its slots."""
    return bool(_WORDS.search(re.sub(r"\{[^{}]*\}", "", text)))


class Hook(ast.NodeTransformer):
    """Replaces each f-string that has text by a call of `HOOK` with template and values, and notes plain strings."""

    def __init__(self) -> None:
        self.constants: set[str] = set()

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        """Replace an f-string, after those within it."""
        self.generic_visit(node)
        template, slots = template_of(node)
        if not re.sub(r"\{[^{}]*\}", "", template):
            return node  # nothing but slots
        names = ast.List([ast.Constant(name) for name, _ in slots], ast.Load())
        values = ast.List([value for _, value in slots], ast.Load())
        call = ast.Call(ast.Name(HOOK, ast.Load()), [ast.Constant(template), names, values], [])
        return ast.fix_missing_locations(ast.copy_location(call, node))

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.AST:
        """Look into the value alone: its format is an f-string of its own, and no text."""
        node.value = self.visit(node.value)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """Note a string."""
        if isinstance(node.value, str) and has_words(node.value):
            self.constants.add(node.value)
        return node
