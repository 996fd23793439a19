"""Two things to try: what one chip is worth beside another for some work, and what a fee on cards brings.

An explorer is a plain dictionary, made once by the chapter that owns it: its fields, its words and its published
figures. The notebook shows it with `panel`, the page with `explore.js`, and both answer from that dictionary by the
same rules. The words stand here alone; the page only fills their slots. The arithmetic is the same operations in
the same order, and a printed number is rounded as everywhere in the report, by `prose.number`: on the exact binary
value, a tie to the even digit. So page and notebook agree in every digit, which a test holds over many inputs.
"""

import html
import math
import re
import unicodedata
from dataclasses import dataclass
from itertools import product

import pandas as pd

from chipcheck import contract, edition, fees, hardware
from chipcheck.words import number, quantity

MIME = contract.EXPLORER
INTENSITY = (0.5, 5000)  # operations per byte: from below plain attention to beyond every ridge point
PRECISIONS = ("bf16", "fp16", "fp8", "int8", "fp4")
NAMED_BITS = 16  # intensities of named work are worked out for numbers of this many bits
AMOUNT = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+")

NOT_A_NUMBER = "Only a number from {low} to {high} will do, written with a decimal point."
ROOFLINE_WORDS = {
    "number": NOT_A_NUMBER,
    "unpublished": "No {kind} rate of the {chip} is published with a bandwidth. Those that have one: {others}.",
    "named": "Named work is worked out for 16-bit formats only; give an intensity of your own.",
    "memory": "memory",
    "arithmetic": "arithmetic",
    "work": " ({work})",
    "one": "operation per byte",
    "many": "operations per byte",
    "at_most": "{unit} at most",
    "shown": {
        "part_label": "{part} at most",
        "part_value": "{part_rate} {unit}, waiting for {part_limit}",
        "whole_label": "{whole} at most",
        "whole_value": "{whole_rate} {unit}, waiting for {whole_limit}",
        "percent_label": "{part} of {whole}",
        "percent_value": "{percent}%",
        "article_label": "H20 of H200, says the article",
        "article_value": "{printed}",
        "sentence": "In {kind}, at {at} {per}{work}, the {part} reaches at most {part_rate} {unit} and waits for its "
        "{part_limit}; the {whole} reaches {whole_rate} {unit} and waits for its {whole_limit}. "
        "By peak figures alone, the {part} does {percent}% of the {whole}’s work.",
        "published": "Published: {part} {part_peak} {unit} and {part_speed} TB/s{part_note}; "
        "{whole} {whole_peak} {unit} and {whole_speed} TB/s{whole_note}.",
    },
}
FEE_WORDS = {
    "number": NOT_A_NUMBER,
    "loss": ", a loss on every sale",
    "cards": "Cards",
    "axis": "million cards",
    "axis_size": 1e6,
    "scales": {},
    "margin": "Margin",
    "of_price": "of the price",
    "before": "before",
    "after": "after",
    "shown": {
        "sum_label": "Fee on the cards that arrive",
        "sum_value": "US${sum} million",
        "whole_label": "On all that were asked for",
        "whole_value": "US${whole} billion",
        "rise_label": "Price rise to make up for it",
        "rise_value": "{rise}%",
        "left_label": "Margin left",
        "left_value": "{left}%",
        "sentence": "If {cards} of the {asked} cards asked for arrive, {share}%, at US${price} each, a fee of {fee}% "
        "brings US${sum} million; all of them would bring US${whole} billion. To earn as much as without it, the "
        "seller must raise the price by {rise}%. If the seller bears the fee instead, a gross margin of {margin}% "
        "becomes {left}%{loss}.",
    },
}


# Of how many cards the axis speaks, and how large what fills the slots becomes, where a language counts in 万 and 亿
UNITS = {"zh": {"axis_size": 1e4, "scales": {"sum": 0.01, "whole": 10, "cards": 1e-4, "asked": 1e-4}}}


def in_edition(words: object) -> object:
    """Return words of an explorer, however nested, in the edition's language."""
    if isinstance(words, dict):
        made = {key: in_edition(value) for key, value in words.items()}
        return made | (UNITS.get(edition.language(), {}) if "axis_size" in words else {})
    return edition.template(words, "interface", "explorer") if isinstance(words, str) else words


class Refused(ValueError):
    """An input that has no answer; `reasons` gives a sentence for each field concerned."""

    def __init__(self, reasons: dict[str, str]):
        super().__init__("; ".join(f"{field}: {reason}" for field, reason in reasons.items()))
        self.reasons = reasons


@dataclass(frozen=True)
class Answer:
    """What an explorer answers: `numbers` as computed, and `shown`, every text a reader sees, by its name."""

    numbers: dict[str, float]
    shown: dict[str, str]

    @property
    def sentence(self) -> str:
        """The answer in words."""
        return self.shown["sentence"]


def roofline_explorer(specs: pd.DataFrame, work: pd.DataFrame, presets: dict[str, str], printed: str) -> dict:
    """Return the explorer of the roofline, ready for JSON.

    `specs` is the table chip_specs; `work` has the columns label and middle (operations per byte) by id. A kind of
    rate is offered when at least two chips publish one; which value stands for a chip, `hardware.roofs` decides.
    `presets` gives a button's name to the id of the work that it chooses; `printed` is the article's figure. Raises
    `KeyError` for a preset whose work is not in `work`.
    """
    if unknown := set(presets.values()) - set(work.index):
        raise KeyError(f"no work {', '.join(sorted(unknown))} for a preset")
    roofs = hardware.roofs(specs)
    kinds, chips = {}, {}
    for basis, precision in product(("dense", "sparse"), PRECISIONS):
        rows = roofs[roofs["basis"].eq(basis) & roofs["precision"].eq(precision)]
        if len(rows) > 1:
            kind, named = f"{basis}-{precision}", hardware.BITS[precision] == NAMED_BITS
            words = edition.said(f"{basis} {precision.upper()}")
            kinds[kind] = {"words": words, "unit": rows["unit"].iloc[0], "named": named}
            chips[kind] = {
                row.chip: [row.rate, row.bandwidth, _note(row), list(row.sources)] for row in rows.itertuples()
            }
    offered = [[chip, chip] for chip in dict.fromkeys(chip for same in chips.values() for chip in same)]
    used = specs[specs["metric"].isin(["tensor_throughput", "memory_bandwidth"])]["chip"].unique()
    lacking = [chip for chip in used if [chip, chip] not in offered]
    left_out = edition.said(", ", "list").join(lacking)
    titles = [[kind, about["words"][0].upper() + about["words"][1:]] for kind, about in kinds.items()]
    works = [["", edition.said("My own number")], *([row.Index, edition.shown(row.label)] for row in work.itertuples())]
    low, high = INTENSITY
    return {
        "id": "roofline",
        "title": edition.said("Try it: choose two chips and a kind of work"),
        "lead": edition.text(
            "Only rates of one basis and one number format are compared. Where published values differ, "
            "disclosed ones go before claimed and forecast ones, and the lowest is taken. Not offered, because no "
            "labelled rate or no bandwidth was found: {left_out}.",
            left_out=left_out,
        ),
        "fields": [
            {"name": "part", "label": edition.said("Chip"), "options": offered, "start": "H20"},
            {"name": "whole", "label": edition.said("Compared with"), "options": offered, "start": "H200"},
            {"name": "kind", "label": edition.said("Kind of rate"), "options": titles, "start": "dense-bf16"},
            {"name": "work", "label": edition.said("Work"), "options": works, "start": "linear-64-tokens"},
            {"name": "at", "label": edition.said("Arithmetic intensity, operations (FLOP) per byte"),
             "low": low, "high": high, "log": True, "start": brief(work.loc["linear-64-tokens", "middle"])},
        ],
        "presets": [[work_id, edition.shown(name)] for name, work_id in presets.items()],
        "printed": printed,
        "shown": ["part", "whole", "percent", "article"],
        "words": in_edition(ROOFLINE_WORDS),
        "kinds": kinds,
        "chips": chips,
        "works": {row.Index: [edition.shown(row.label), row.middle] for row in work.itertuples()},
        "sources": sorted({source for same in chips.values() for row in same.values() for source in row[3]}),
    }  # fmt: skip


def fee_explorer(arrived: pd.DataFrame, price: float, fee: float, margin: float) -> dict:
    """Return the explorer of the fee, ready for JSON: how many of the cards that were asked for arrive?

    `arrived` has the columns label and cards, by id: what was said of the cards, first the number to start from. The
    largest is what was asked for. `price` is USD a card; `fee` and `margin` are percentages of the price.
    """
    asked, cards = float(arrived["cards"].max()), arrived["cards"].map(brief)
    own = ["", edition.said("My own number")]
    options = [own, *([row.Index, edition.shown(row.label)] for row in arrived.itertuples())]
    return {
        "id": "fee",
        "title": edition.text(
            "Try it: how many of the {asked} cards arrive?", asked=quantity(asked, asked, 0, "count")
        ),
        "lead": edition.said(
            "Price and margin are assumptions of yours and stay as they are, however many cards arrive. The fee is "
            "taken of the whole price; a duty brings as much only where the import value is as high."
        ),
        "fields": [
            {"name": "said", "label": edition.said("Cards that arrive"), "options": options, "start": cards.index[0]},
            *(
                {"name": name, "label": edition.said(label), "low": 0, "high": most, "top": top, "step": step,
                 "start": brief(start)}
                for name, label, most, top, step, start in (  # top: of the slider; more can be typed
                    ("cards", "Their number", asked, asked, 1000, arrived["cards"].iloc[0]),
                    ("price", "Price of a card, US$", 100_000, 60_000, 500, price),
                    ("fee", "Fee, percent of the price", 99, 99, 1, fee),  # at 100 no price makes up for it
                    ("margin", "Gross margin before the fee, percent", 100, 100, 1, margin),
                )
            ),
        ],
        "shown": ["sum", "whole", "rise", "left"],
        "words": in_edition(FEE_WORDS),
        "said": cards.to_dict(),
        "asked": asked,
        "sources": [],
    }


def answer(explorer: dict, **chosen: str) -> Answer:
    """Return what an explorer answers to the fields `chosen`, texts by name; the others stand as they start.

    Raises `Refused`, with a reason for each field that is not as it must be.
    """
    given = {field["name"]: field["start"] for field in explorer["fields"]}
    if unknown := chosen.keys() - given.keys():
        raise KeyError(f"explorer {explorer['id']} has no field {', '.join(sorted(unknown))}")
    return {"roofline": _roofline, "fee": _fee}[explorer["id"]](explorer, **(given | chosen))


def synchronised(explorer: dict, chosen: dict[str, str], changed: str) -> dict[str, str]:
    """Return the fields `chosen` after the field `changed` was, with those that hang together brought into line.

    Named work brings its intensity; an intensity of one's own, or a format for which no work is worked out, puts
    the name away. So does what was said of the cards bring their number, and a number of one's own put it away.
    """
    if explorer["id"] == "fee":
        cards = explorer["said"].get(chosen["said"], chosen["cards"])
        if changed == "said":
            return chosen | {"cards": cards}
        return chosen | {"said": ""} if chosen["cards"] != cards else chosen
    work = explorer["works"].get(chosen["work"])
    if changed == "work" and work:
        return chosen | {"at": brief(work[1])}
    own = changed == "at" and work and chosen["at"] != brief(work[1])
    if own or (changed == "kind" and not explorer["kinds"][chosen["kind"]]["named"]):
        return chosen | {"work": ""}
    return chosen


def preset(explorer: dict, chosen: dict[str, str], work: str) -> dict[str, str]:
    """Return the fields `chosen` after the preset that stands for `work` was asked for.

    Where the chosen kind of rate has no named work, the kind at the start takes its place.
    """
    kind = next(field["start"] for field in explorer["fields"] if field["name"] == "kind")
    kept = chosen if explorer["kinds"][chosen["kind"]]["named"] else chosen | {"kind": kind}
    return synchronised(explorer, kept | {"work": work}, "work")


def _roofline(explorer: dict, part: str, whole: str, kind: str, work: str, at: str) -> Answer:
    words, about, chips = explorer["words"], explorer["kinds"][kind], explorer["chips"][kind]
    others = edition.said(", ", "list").join(chips)
    missing = {field: chip for field, chip in (("part", part), ("whole", whole)) if chip not in chips}
    reasons = {
        field: words["unpublished"].format(kind=about["words"], chip=chip, others=others)
        for field, chip in missing.items()
    }
    if work and not about["named"]:
        reasons["work"] = words["named"]
    label, intensity = explorer["works"][work] if work else ("", _amount(explorer, "at", at, reasons))
    if reasons:
        raise Refused(reasons)
    numbers, slots = {"at": intensity}, {"kind": about["words"], "unit": about["unit"], "at": brief(intensity)}
    slots["printed"] = explorer["printed"]
    slots["work"] = words["work"].format(work=label) if work else ""
    slots["per"] = words["one" if slots["at"] == "1" else "many"]
    for side, chip in (("part", part), ("whole", whole)):
        rate, bandwidth, note, _ = chips[chip]
        reached = float(hardware.attainable(intensity, rate, bandwidth))
        limit = "memory" if reached < rate else "arithmetic"  # at the ridge point itself, arithmetic
        numbers |= {side: reached, f"{side}_rate": rate, f"{side}_bandwidth": bandwidth}
        slots |= {side: chip, f"{side}_rate": three(reached), f"{side}_limit": words[limit]}
        slots |= {f"{side}_peak": brief(rate), f"{side}_speed": brief(bandwidth), f"{side}_note": note}
    numbers["percent"] = 100 * (numbers["part"] / numbers["whole"])
    return _answer(words, numbers, slots | {"percent": number(numbers["percent"], 1)})


def _fee(explorer: dict, said: str, cards: str, price: str, fee: str, margin: str) -> Answer:
    words, asked, reasons = explorer["words"], explorer["asked"], {}
    typed = {"cards": cards, "price": price, "fee": fee, "margin": margin}
    given = {name: _amount(explorer, name, text, reasons) for name, text in typed.items()}
    if reasons:
        raise Refused(reasons)
    rate = given["fee"] / 100
    numbers = {
        **given, "share": 100 * (given["cards"] / asked),
        "sum": fees.fee(given["cards"] * given["price"] / 1e6, rate),
        "whole": fees.fee(asked * given["price"] / 1e9, rate),
        "rise": 100 * fees.price_rise(rate), "left": 100 * fees.margin_left(given["margin"] / 100, rate),
    }  # fmt: skip
    left = number(numbers["left"], 1)
    slots = {
        **{name: brief(value * words["scales"].get(name, 1)) for name, value in (numbers | {"asked": asked}).items()},
        "share": number(numbers["share"], 1), "rise": number(numbers["rise"], 1), "left": left,
        "loss": words["loss"] if left != number(abs(numbers["left"]), 1) else "",
    }  # fmt: skip
    return _answer(words, numbers, slots)


def _answer(words: dict, numbers: dict[str, float], slots: dict[str, str]) -> Answer:
    return Answer(numbers, {name: text.format(**slots) for name, text in words["shown"].items()})


def _amount(explorer: dict, name: str, text: str, reasons: dict[str, str]) -> float:
    """Return the number typed into a field, or note in `reasons` why it is none that the field allows."""
    field = next(field for field in explorer["fields"] if field["name"] == name)
    typed = unicodedata.normalize("NFKC", text).strip()
    value = float(typed.replace(",", "")) if AMOUNT.fullmatch(typed) else math.nan
    if not field["low"] <= value <= field["high"]:
        reasons[name] = explorer["words"]["number"].format(low=brief(field["low"]), high=brief(field["high"]))
    return value


def brief(value: float) -> str:
    """Return a number with up to three decimals, and none that say nothing.

    >>> brief(64.0), brief(206.04166), brief(4.8), brief(1024)
    ('64', '206.042', '4.8', '1,024')
    """
    return number(value, 3).rstrip("0").rstrip(".")


def three(value: float) -> str:
    """Return a positive number with about three digits that count.

    >>> three(1979.0), three(307.2), three(31.25), three(0.384)
    ('1,979', '307', '31.2', '0.384')
    """
    return number(value, 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 1 else 3)


def _note(row: object) -> str:
    """Return in brackets what a reader should know of a roof: published values that differ, and a weaker status."""
    ends = ((row.rate_low, row.rate_high, row.unit), (row.bandwidth_low, row.bandwidth_high, "TB/s"))
    spans = [
        edition.text("{low} to {high} {unit}", low=brief(low), high=brief(high), unit=unit)
        for low, high, unit in ends
        if high > low * hardware.ROUNDING
    ]
    parts = [edition.text("sources give {values}", values=edition.said(" and ").join(spans))] * bool(spans)
    parts += [edition.said(row.status)] * (row.status != hardware.STATUS_RANK[0])
    return edition.text(" ({notes})", notes=edition.said("; ").join(parts)) if parts else ""


def panel(explorer: dict) -> object:
    """Return the fields of an explorer and, under them, the answer that follows.

    What has no answer is refused in a sentence. A number typed beyond its limits becomes the limit.
    """
    import ipywidgets as widgets  # only a person at a keyboard needs it, and it takes its time to load

    fields = {about["name"]: _field(widgets, about) for about in explorer["fields"]}
    # Not `interactive`: its Output widget talks to whoever runs the notebook, and a run without a browser can wait for
    # that forever
    result = widgets.HTML()

    def current() -> dict[str, str]:
        values = {name: field.value for name, field in fields.items()}
        return {name: value if isinstance(value, str) else brief(value) for name, value in values.items()}

    def follow(change: dict | None = None) -> None:
        chosen = current()
        changed = next((name for name, field in fields.items() if change and field is change["owner"]), "")
        for name, value in synchronised(explorer, chosen, changed).items():
            if value != chosen[name]:
                number_field = isinstance(fields[name].value, float)
                fields[name].value = float(value.replace(",", "")) if number_field else value  # which comes back here
                return
        try:
            result.value = _as_html(explorer, answer(explorer, **chosen))
        except Refused as refused:
            result.value = "".join(f"<p><i>{html.escape(reason)}</i></p>" for reason in refused.reasons.values())

    def choose(work: str) -> None:
        wanted = preset(explorer, current(), work)
        for name in ("kind", "work"):  # the intensity follows the work
            fields[name].value = wanted[name]

    buttons = []
    for work, title in explorer.get("presets", ()):
        buttons.append(widgets.Button(description=title))
        buttons[-1].on_click(lambda _, work=work: choose(work))
    for field in fields.values():
        field.observe(follow, "value")
    follow()
    return widgets.VBox([*fields.values(), *([widgets.HBox(buttons)] if buttons else []), result])


def _field(widgets: object, about: dict) -> object:
    """Return the widget of a field: a list to choose from, or a number."""
    look = {"layout": widgets.Layout(width="38em"), "style": {"description_width": "25em"}}
    look |= {"description": about["label"]}
    if "options" in about:
        options = [(title, value) for value, title in about["options"]]
        return widgets.Dropdown(options=options, value=about["start"], **look)
    start = float(about["start"].replace(",", ""))
    return widgets.BoundedFloatText(value=start, min=about["low"], max=about["high"], step=about.get("step", 1), **look)


def _as_html(explorer: dict, made: Answer) -> str:
    """Return an answer as a small table with its sentences under it."""
    shown = {name: html.escape(text) for name, text in made.shown.items()}
    rows = "".join(
        f"<tr><td>{shown[f'{name}_label']}&ensp;</td><td><b>{shown[f'{name}_value']}</b></td></tr>"
        for name in explorer["shown"]
    )
    told = "".join(f"<p>{shown[name]}</p>" for name in ("sentence", "published") if name in shown)
    return f"<table>{rows}</table>{told}"
