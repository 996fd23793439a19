"""Charts as part of a page: SVG from matplotlib made small, with colours that follow light and dark.

An inline SVG shares ids and style rules with everything else on the page, so ids get the figure's name in front
and the style sheet is dropped. The hexes of the palette become CSS variables. Letters, which matplotlib draws as
outlines, are kept once per page instead of once per chart: they would be more than half of a page's bytes.
"""

import html
import re
import xml.etree.ElementTree as ET

from chipcheck.publish.errors import PublishError

# name: (light, dark). The light ones are those of charts.py; the dark ones keep at least 4.5:1 on dark paper.
PALETTE = {
    "ink": ("#1b1f24", "#e7eaee"),
    "muted": ("#5b6570", "#a5afba"),
    "rule": ("#d5dae0", "#39424c"),
    "paper": ("#ffffff", "#14181c"),
    "panel": ("#f4f6f8", "#1d2329"),
    "article": ("#b3261e", "#ff8b80"),
    "nvidia": ("#4d7c0f", "#9dcb57"),
    "china": ("#1d4ed8", "#8db1ff"),
    "evidence": ("#0f766e", "#4cc3b5"),
    "amber": ("#b45309", "#f2ab57"),
}

_NAME_OF = {light: name for name, (light, _) in PALETTE.items()} | {"#000000": "ink"}
_TINT_TOLERANCE = 2.5  # of 255; a blend computed elsewhere is rounded to whole steps
_PAINTS = ("fill", "stroke", "stop-color", "color")
_UNWANTED = {"metadata", "style", "title", "desc"}
# Active content, and text that is no outline (svg.fonttype: none), which would need the chart's font at its size.
_FORBIDDEN = {"script", "foreignObject", "a", "animate", "set", "text"}
_XLINK = "{http://www.w3.org/1999/xlink}"
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_TRANSLATE = re.compile(r"translate\([^)]*\)")


class Outlines:
    """Letter outlines that all charts of a page share.

    `name(d, transform)` returns the id of an outline, the same for the same outline; `svg()` returns the hidden
    SVG that defines them all, to be put on the page once.
    """

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], str] = {}

    def name(self, d: str, transform: str) -> str:
        """Return the id of the outline `d` (path data) under `transform`."""
        return self._names.setdefault((d, transform), f"glyph-{len(self._names)}")

    def svg(self) -> str:
        """Return the definitions, in the order in which they were first asked for."""
        paths = "".join(
            f'<path id="{name}" d="{html.escape(d)}" transform="{html.escape(transform)}"/>'
            for (d, transform), name in self._names.items()
        )
        # Not display:none, under which some browsers do not draw what refers into it.
        return f'<svg class="outlines" width="0" height="0" aria-hidden="true"><defs>{paths}</defs></svg>'


def inline(svg: str, prefix: str, alt: str, css_class: str, outlines: Outlines) -> str:
    """Return matplotlib's `svg` as an inline picture with the text alternative `alt`.

    Only the view box is left of its size, so that the page decides. Ids that something refers to get
    `prefix` and a hyphen in front; other ids go. Raises PublishError on what is no SVG, on a colour outside the
    palette (it could not follow light and dark) and on anything active or fetched from elsewhere.
    """
    try:
        root = ET.fromstring(svg)
    except ET.ParseError as error:
        raise PublishError(f"figure {prefix}: the SVG cannot be read ({error})") from error
    _strip(root, prefix)
    shared = _share_outlines(root, outlines)
    referred = _references(root)
    for node in root.iter():
        _rename(node, prefix, referred, shared)
        _recolour(node, prefix)
        _round(node)
    view_box = root.get("viewBox")
    if view_box is None:
        raise PublishError(f"figure {prefix}: the SVG has no viewBox, so it cannot be scaled")
    root.attrib = {"class": css_class, "viewBox": view_box, "role": "img", "aria-label": alt}
    return ET.tostring(_without_empty_groups(root), encoding="unicode")


def css_colour(colour: str) -> str | None:
    """Return `colour` (#rrggbb) as a CSS variable, a tint of one on paper, or None when the palette has neither.

    >>> css_colour("#b3261e")
    'var(--article)'
    >>> css_colour("#d9938f")
    'color-mix(in srgb,var(--article) 50%,var(--paper))'
    """
    if name := _NAME_OF.get(colour.lower()):
        return f"var(--{name})"
    wanted, paper = _rgb(colour), _rgb(PALETTE["paper"][0])
    for name, (light, _) in PALETTE.items():
        full = _rgb(light)
        span = [f - p for f, p in zip(full, paper, strict=True)]
        length = sum(s * s for s in span)
        if name in ("paper", "panel", "rule") or not length:
            continue
        share = sum((w - p) * s for w, p, s in zip(wanted, paper, span, strict=True)) / length
        misfit = max(abs(p + share * s - w) for w, p, s in zip(wanted, paper, span, strict=True))
        if 0 < share < 1 and misfit <= _TINT_TOLERANCE:
            return f"color-mix(in srgb,var(--{name}) {share:.0%},var(--paper))"
    return None


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _strip(root: ET.Element, prefix: str) -> None:
    """Take namespaces off the names (HTML knows SVG by itself) and remove what the page has no use for."""
    for parent in list(root.iter()):
        for child in [child for child in parent if child.tag.rpartition("}")[2] in _UNWANTED]:
            parent.remove(child)
    for node in root.iter():
        node.tag = node.tag.rpartition("}")[2]
        node.attrib = {
            "href" if key == _XLINK + "href" else key: value
            for key, value in node.attrib.items()
            if key == _XLINK + "href" or not key.startswith("{")
        }
        node.text = node.tail = None  # only line breaks: letters are outlines
        if node.tag in _FORBIDDEN or any(key.startswith("on") for key in node.attrib):
            raise PublishError(f"figure {prefix}: <{node.tag}> or its event handler is not allowed in a chart")
        if not node.get("href", "#").startswith(("#", "data:image/")):
            raise PublishError(f"figure {prefix}: the chart refers to {node.get('href')}, outside the page")


def _share_outlines(root: ET.Element, outlines: Outlines) -> dict[str, str]:
    """Move letter outlines to the page's store; return {id in this SVG: id on the page}."""
    shared = {}
    for defs in root.iter("defs"):
        for path in list(defs):
            # Letters are scaled from font units and take their paint from where they are used.
            if path.tag == "path" and set(path.attrib) == {"id", "d", "transform"}:
                outline = _NUMBER.sub(lambda found: f"{float(found[0]):.0f}", path.attrib["d"])
                shared[path.attrib["id"]] = outlines.name(" ".join(outline.split()), path.attrib["transform"])
                defs.remove(path)
    return shared


def _references(root: ET.Element) -> set[str]:
    """Return the ids that something in the SVG refers to."""
    found = set()
    for node in root.iter():
        found.update(name for value in node.attrib.values() for name in _REFERENCE.findall(value))
        if node.get("href", "").startswith("#"):
            found.add(node.attrib["href"][1:])
    return found


def _rename(node: ET.Element, prefix: str, referred: set[str], shared: dict[str, str]) -> None:
    """Give `node` and what it refers to names that are unique on the page."""
    identifier = node.attrib.pop("id", None)
    if identifier in referred:
        node.set("id", f"{prefix}-{identifier}")
    for key, value in node.attrib.items():
        if key == "href" and value.startswith("#"):
            node.set(key, "#" + shared.get(value[1:], f"{prefix}-{value[1:]}"))
        elif "url(#" in value:
            node.set(key, _REFERENCE.sub(rf"url(#{prefix}-\1)", value))


def _recolour(node: ET.Element, prefix: str) -> None:
    """Turn the paints of `node`, in its style or as attributes, into CSS variables."""
    if style := node.get("style"):
        pairs = [part.partition(":") for part in style.split(";") if part.strip()]
        node.set("style", ";".join(f"{key.strip()}:{_paint(key, value, prefix)}" for key, _, value in pairs))
    for key in _PAINTS:
        if value := node.get(key):
            node.set(key, _paint(key, value, prefix))


def _paint(key: str, value: str, prefix: str) -> str:
    value = value.strip()
    if key.strip() not in _PAINTS or not value.startswith("#"):
        return value
    colour = css_colour(value)
    if colour is None:
        raise PublishError(
            f"figure {prefix}: the colour {value} is neither in the palette of charts.py nor a tint of one of its "
            "colours, so it cannot follow light and dark"
        )
    return colour


def _round(node: ET.Element) -> None:
    """Cut coordinates to hundredths of a point; the eye cannot tell, and the page is a third smaller."""
    for key in ("d", "points", "x", "y", "x1", "y1", "x2", "y2", "width", "height", "cx", "cy", "r"):
        if value := node.get(key):
            node.set(key, _NUMBER.sub(_hundredths, " ".join(value.split())))
    if value := node.get("transform"):
        node.set("transform", _TRANSLATE.sub(lambda found: _NUMBER.sub(_hundredths, found[0]), value))


def _hundredths(found: re.Match) -> str:
    return f"{float(found[0]):.2f}".rstrip("0").rstrip(".")


def _without_empty_groups(root: ET.Element) -> ET.Element:
    """Remove groups and definitions that hold nothing, and unwrap groups that say nothing."""
    for parent in list(root.iter())[::-1]:
        children: list[ET.Element] = []
        for child in parent:
            if child.tag in ("g", "defs") and not len(child):
                continue
            children.extend(child if child.tag == "g" and not child.attrib else [child])
        parent[:] = children
    return root
