"""Charts as part of a page: SVG from matplotlib made small, with colours that follow light and dark.

An inline SVG shares ids and style rules with everything else on the page, so ids get the figure's name in front
and the style sheet is dropped. The hexes of the palette become CSS variables. Labels are text, in the page's own
fonts. Rules of paint, which repeat on every stroke and label, are kept once per page.
"""

import re
import xml.etree.ElementTree as ET
from itertools import groupby

from chipcheck.contract import LIGHT, TIP
from chipcheck.publish.errors import PublishError

_NAME_OF = {light: name for name, light in LIGHT.items() if name != "link"} | {"#000000": "ink"}
_TINT_TOLERANCE = 2.5  # of 255; a blend computed elsewhere is rounded to whole steps
_PAINTS = ("fill", "stroke", "stop-color", "color")
_UNWANTED = {"metadata", "style", "title", "desc"}
_FORBIDDEN = {"script", "foreignObject", "a", "animate", "set"}
_TEXT = {"text", "tspan"}
_FAMILY = "'Release Sans', 'Noto Sans SC'"  # that of charts.py, and of the page
_GIVEN = {("font-family", _FAMILY), ("text-anchor", "start")}  # said by the page or by the standard
_XLINK = "{http://www.w3.org/1999/xlink}"
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_NUMBER = re.compile(r"-?\d+\.\d{2,}")
_TRANSLATE = re.compile(r"translate\([^)]*\)")
_NOT_TURNED = re.compile(r"rotate\(-?0 [^)]*\)")
_SPACES = re.compile(r" ?([A-Za-z]) ?")
_INHERITED = "fill:var(--ink)"  # the style sheet gives it to every chart


class Shared:
    """What all charts of a page share: rules of paint.

    `paint(style)` returns a class, the same for the same content, and `css()` the rules, to be put on the page once.
    `fresh()` returns an id that nothing else on the page has.
    """

    def __init__(self) -> None:
        self._paints: dict[str, str] = {}
        self._ids = 0

    def paint(self, style: str) -> str:
        """Return the class for a style such as `fill:var(--ink);stroke-width:0.6`."""
        return self._paints.setdefault(style, f"p{len(self._paints)}")

    def fresh(self) -> str:
        """Return an id for a part of a chart."""
        self._ids += 1
        return f"c{self._ids}"

    def css(self) -> str:
        """Return the rules of paint, in the order in which they were first asked for."""
        return "".join(f".{name}{{{style}}}" for style, name in self._paints.items())


def inline(svg: str, name: str, alt: str, css_class: str, shared: Shared) -> str:
    """Return matplotlib's `svg` as an inline picture; `name` is the figure's, for ids and messages.

    `alt` is its text alternative; a second layout of the same chart has none and refers to the first one's, which a
    screen reader finds even while that layout is hidden.

    Only the view box is left of its size, so that the page decides. Ids that something refers to become short ones
    that are unique on the page; other ids go. Raises PublishError on what is no SVG, on a colour outside the
    palette (it could not follow light and dark), on a font that the page lacks, and on anything active or fetched
    from elsewhere.
    """
    try:
        root = ET.fromstring(svg)
    except ET.ParseError as error:
        raise PublishError(f"figure {name}: the SVG cannot be read ({error})") from error
    _strip(root, name)
    ids = {old: shared.fresh() for old in _references(root)}
    for node in list(root.iter()):
        _rename(node, ids)
        _recolour(node, name, shared)
        _round(node)
    view_box = root.get("viewBox")
    if view_box is None:
        raise PublishError(f"figure {name}: the SVG has no viewBox, so it cannot be scaled")
    label = {"id": f"alt-{name}", "aria-label": alt} if alt else {"aria-labelledby": f"alt-{name}"}
    root.attrib = {"class": css_class, "viewBox": view_box, "role": "img", **label}
    return ET.tostring(_clipped_together(_without_empty_groups(root)), encoding="unicode").replace(" />", "/>")


def css_colour(colour: str) -> str | None:
    """Return `colour` (#rrggbb) as a CSS variable, a tint of one on paper, or None when the palette has neither.

    >>> css_colour("#b3261e")
    'var(--article)'
    >>> css_colour("#d9938f")
    'color-mix(in srgb,var(--article) 50%,var(--paper))'
    """
    if name := _NAME_OF.get(colour.lower()):
        return f"var(--{name})"
    wanted, paper = _rgb(colour), _rgb(LIGHT["paper"])
    for name, light in LIGHT.items():
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


def _strip(root: ET.Element, name: str) -> None:
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
        if node.tag not in _TEXT:
            node.text = None  # only line breaks
        node.tail = None
        if node.tag in _FORBIDDEN or any(key.startswith("on") for key in node.attrib):
            raise PublishError(f"figure {name}: <{node.tag}> or its event handler is not allowed in a chart")
        if not node.get("href", "#").startswith(("#", "data:image/")):
            raise PublishError(f"figure {name}: the chart refers to {node.get('href')}, outside the page")


def _references(root: ET.Element) -> list[str]:
    """Return the ids that something in the SVG refers to, in the order in which they occur."""
    found: dict[str, None] = {}
    for node in root.iter():
        for value in node.attrib.values():
            found |= dict.fromkeys(_REFERENCE.findall(value))
        if node.get("href", "").startswith("#"):
            found[node.attrib["href"][1:]] = None
    return list(found)


def _rename(node: ET.Element, ids: dict[str, str]) -> None:
    """Give `node` and what it refers to names that are unique on the page; the gid of a tip becomes its title."""
    identifier = node.attrib.pop("id", "")
    if identifier in ids:
        node.set("id", ids[identifier])
    elif identifier.startswith(TIP):
        title = ET.Element("title")
        title.text = identifier.removeprefix(TIP)
        node.insert(0, title)
    for key, value in node.attrib.items():
        if key == "href" and value.startswith("#"):
            node.set(key, f"#{ids[value[1:]]}")
        elif "url(#" in value:
            node.set(key, _REFERENCE.sub(lambda found: f"url(#{ids[found[1]]})", value))


def _recolour(node: ET.Element, name: str, shared: Shared) -> None:
    """Turn the paints of `node`, in its style or as attributes, into CSS variables, and its style into a class."""
    if style := node.attrib.pop("style", None):
        parts = [part.partition(":") for part in style.split(";") if part.strip()]
        pairs = [(key.strip(), value.strip()) for key, _, value in parts]
        style = ";".join(f"{key}:{_paint(key, value, name)}" for key, value in pairs if (key, value) not in _GIVEN)
        if style != _INHERITED or node.tag != "g":
            node.set("class", shared.paint(style))
    for key in _PAINTS:
        if value := node.get(key):
            node.set(key, _paint(key, value, name))


def _paint(key: str, value: str, name: str) -> str:
    if key == "font-family":
        raise PublishError(f"figure {name}: the page lacks the font {value}; leave the font to charts.setup")
    if key not in _PAINTS or not value.startswith("#"):
        return value
    colour = css_colour(value)
    if colour is None:
        raise PublishError(
            f"figure {name}: the colour {value} is neither in the palette of contract.py nor a tint of one of its "
            "colours, so it cannot follow light and dark"
        )
    return colour


def _round(node: ET.Element) -> None:
    """Cut coordinates to tenths of a point; the eye cannot tell, and the page is a third smaller."""
    for key in ("d", "points", "x", "y", "x1", "y1", "x2", "y2", "width", "height", "cx", "cy", "r"):
        if value := node.get(key):
            node.set(key, _NUMBER.sub(_tenths, " ".join(value.split())))
    if value := node.get("d"):
        node.set("d", _SPACES.sub(r"\1", value))
    if value := node.get("transform"):
        node.set("transform", _TRANSLATE.sub(lambda found: _NUMBER.sub(_tenths, found[0]), value))
        if _NOT_TURNED.fullmatch(value):
            del node.attrib["transform"]


def _tenths(found: re.Match) -> str:
    return f"{float(found[0]):.1f}".removesuffix(".0")


def _without_empty_groups(root: ET.Element) -> ET.Element:
    """Remove groups and definitions that hold nothing, and unwrap groups that say nothing."""
    for parent in list(root.iter())[::-1]:
        children: list[ET.Element] = []
        for child in parent:
            if child.tag in ("g", "defs") and not len(child):
                continue
            says_nothing = child.tag == "g" and not child.attrib and child[0].tag != "title"
            children.extend(child if says_nothing else [child])
        parent[:] = children
    return root


def _clipped_together(root: ET.Element) -> ET.Element:
    """Put neighbours that are cut to the same frame into one group, which names the frame once."""
    for parent in list(root.iter()):
        children: list[ET.Element] = []
        for frame, run in groupby(list(parent), key=_frame):
            together = list(run)
            if frame and len(together) > 1:
                for child in together:
                    del child.attrib["clip-path"]
                group = ET.Element("g", {"clip-path": frame})
                group.extend(together)
                together = [group]
            children += together
        parent[:] = children
    return root


def _frame(node: ET.Element) -> str | None:
    """Return what `node` is cut to; None where its own transform would move the frame."""
    return node.get("clip-path") if node.get("transform") is None else None
