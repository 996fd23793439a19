"""The two explorers in the page: every number and sentence as Python computes it, and nothing that leads astray."""

import itertools
import json
import random
import re

import nbformat
import pypdf
import pytest
from test_page import open_page

from chipcheck import explore, paths
from chipcheck.contract import EXPLORER

pytestmark = pytest.mark.browser

SEEDED = 300  # inputs for each explorer, beside the edges
NAMES = ("roofline", "fee")


@pytest.fixture(scope="module")
def tools(html):
    """The explorers by name, as the chapters wrote them."""
    book = nbformat.read(html.with_name("report.ipynb"), as_version=4)
    found = [
        out.data[EXPLORER]
        for cell in book.cells
        for out in cell.get("outputs", [])
        if EXPLORER in out.get("data", {})
    ]
    return {tool["id"]: tool for tool in found}


@pytest.fixture
def page(browser, html):
    page, requests, messages = open_page(browser, html, viewport={"width": 1280, "height": 900})
    yield page
    page.context.close()
    assert requests == [] and messages == []


# Puts values into the fields of an explorer as a reader would leave them, and reads what the page then shows
DRIVE = """([name, inputs]) => {
  const section = document.getElementById("explore-" + name), form = section.querySelector("form");
  const all = (what, pair) =>
    Object.fromEntries(Array.from(section.querySelectorAll(what), pair).filter(([, text]) => text));
  const read = () => all("[data-shown]", one => [one.dataset.shown, one.textContent]);
  const reason = one => document.getElementById(one.getAttribute("aria-describedby")).textContent;
  const told = () => all("[name]", one => [one.name, reason(one)]);
  return inputs.map(values => {
    for (const [field, value] of Object.entries(values)) form.elements[field].value = value;
    form.dispatchEvent(new Event("input"));
    return { shown: read(), reasons: told() };
  });
}"""


def expected(tool, inputs):
    """Return what Python shows for each input; a refused one keeps what was shown before it."""
    shown, answers = explore.answer(tool).shown, []
    for chosen in inputs:
        reasons = {}
        try:
            shown = explore.answer(tool, **chosen).shown
        except explore.Refused as refused:
            reasons = refused.reasons
        answers.append({"shown": shown, "reasons": reasons})
    return answers


def roofline_inputs(tool):
    """Return edges, then seeded inputs: every pair of ends, ridge points and their neighbours, one chip twice."""
    draw = random.Random(11)
    inputs = []
    for kind, chips in tool["chips"].items():
        names = list(chips)
        for chip, (rate, bandwidth, *_) in chips.items():
            ridge = rate / bandwidth
            for at in (
                "0.5",
                "5000",
                repr(ridge),
                repr(ridge * (1 - 2**-52)),
                repr(ridge * (1 + 2**-52)),
                f"{ridge:.0f}",
            ):
                inputs.append({"kind": kind, "part": chip, "whole": draw.choice(names), "work": "", "at": at})
            inputs.append({"kind": kind, "part": chip, "whole": chip, "work": "", "at": "64"})
    for work in tool["works"]:
        inputs += [
            {"kind": kind, "part": "H20", "whole": "H200", "work": work, "at": "64"} for kind in tool["kinds"]
        ]
    # Exact ties at the printed rounding: 31.25 TFLOPS, 6.25% and the like
    inputs += [
        {"kind": "dense-bf16", "part": "H20", "whole": whole, "work": "", "at": str(at)}
        for whole in ("H20", "H200", "GB200")
        for at in (0.5, 0.78125, 0.90625, 3.90625, 7.8125, 7.8375)
    ]
    everyone = [value for value, _ in tool["fields"][0]["options"]]
    for _ in range(SEEDED):
        at = 0.5 * 10_000 ** draw.random()
        inputs.append(
            {
                "kind": draw.choice(list(tool["kinds"])), "part": draw.choice(everyone), "whole": draw.choice(everyone),
                "work": draw.choice(["", "", "", *tool["works"]]), "at": f"{at:.{draw.randrange(9)}f}",
            }
        )  # fmt: skip
    return inputs


def fee_inputs(tool):
    """Return edges, then seeded inputs: both ends of every range, ties, a fee above the margin."""
    draw = random.Random(11)
    ranges = {field["name"]: (field["low"], field["high"]) for field in tool["fields"] if "low" in field}
    inputs = [
        dict(zip(ranges, map(str, ends), strict=True)) for ends in itertools.product(*ranges.values())
    ]
    inputs += [  # sums of whole sixteenths
        {"cards": str(cards), "price": "31,250", "fee": "50", "margin": margin}
        for cards in range(4, 400, 16) for margin in ("12.5", "49.95", "50.05")
    ]  # fmt: skip
    for _ in range(SEEDED):
        digits = draw.randrange(5)
        inputs.append(
            {name: f"{low + (high - low) * draw.random() ** 2:.{digits}f}" for name, (low, high) in ranges.items()}
        )
    return inputs


def inputs_for(name, tool):
    return {"roofline": roofline_inputs, "fee": fee_inputs}[name](tool)


@pytest.mark.parametrize("name", NAMES)
def test_page_and_python_agree_in_every_text(page, tools, name):
    tool = tools[name]
    inputs = inputs_for(name, tool)
    assert len(inputs) > SEEDED
    found, wanted = page.evaluate(DRIVE, [name, inputs]), expected(tool, inputs)
    assert sum(not answer["reasons"] for answer in wanted) >= 250, "most inputs have an answer"
    different = [
        (chosen, made, want) for chosen, made, want in zip(inputs, found, wanted, strict=True) if made != want
    ]
    assert not different, f"{len(different)} of {len(inputs)}, the first: {different[0]}"


def test_the_inputs_reach_the_ties_at_which_rounding_rules_part(tools):
    """Without them the test above would pass with JavaScript's own rounding, which takes ties upwards."""
    ties = 0
    for name, keys, digits in (
        ("roofline", ("part", "whole", "percent"), None),
        ("fee", ("sum",), 3),
    ):
        for chosen in inputs_for(name, tools[name]):
            try:
                numbers = explore.answer(tools[name], **chosen).numbers
            except explore.Refused:
                continue
            for value in (numbers[key] for key in keys):
                places = digits if digits is not None else 0 if value >= 100 else 1 if value >= 10 else 2
                scaled = value * 10**places  # exact for the dyadic numbers that matter
                ties += scaled % 1 == 0.5 and int(scaled) % 2 == 0
    assert ties >= 10


@pytest.mark.parametrize("name", NAMES)
def test_it_starts_as_written_by_python_and_without_a_script_there_is_only_the_chart(
    browser, html, page, tools, name
):
    start = explore.answer(tools[name]).shown
    assert page.evaluate(DRIVE, [name, [{}]])[0]["shown"] == start
    plain, _, _ = open_page(browser, html, java_script_enabled=False)
    assert not plain.locator(f"#explore-{name}").is_visible()
    written = plain.locator(f"#explore-{name} [data-shown=sentence]").text_content()
    assert written == start["sentence"]


BAD = [
    "",
    " ",
    "-1",
    "abc",
    "1e3",
    "9" * 400,
    "1,5",
    "1.2.3",
    "NaN",
    "Infinity",
    "0x10",
    "−5",
    "<b>1</b>",
    "5 000",
]
GOOD = {"64.": "64", " 64 ": "64", "６４": "64", "1,024": "1,024", "0064": "64"}


@pytest.mark.parametrize(
    ("name", "field"), [("roofline", "at"), *(("fee", field) for field in ("cards", "price", "fee", "margin"))]
)
def test_bad_input_is_refused_in_place_and_the_last_answer_stays(page, tools, name, field):
    box = page.locator(f"#explore-{name}-{field}")
    before = page.locator(f"#explore-{name} [data-shown]").all_inner_texts()
    address, own = page.url, {"work": ""} if name == "roofline" else {}
    stale = page.locator(f"#explore-{name}.stale")
    for text in BAD:
        box.fill(text)
        reason = page.locator(f"#explore-{name}-{field}-refused")
        assert re.fullmatch(r"Only a number from [\d.,]+ to [\d.,]+ will do, .*", reason.inner_text()), text
        assert box.get_attribute("aria-invalid") == "true" and box.get_attribute(
            "aria-describedby"
        ) == reason.get_attribute("id")
        assert box.input_value() == text, "what was typed is left for the reader to mend"
        assert page.locator(f"#explore-{name} [data-shown]").all_inner_texts() == before
        assert stale.count() == 1, "and is seen not to belong to what was typed"
        with pytest.raises(explore.Refused):
            explore.answer(tools[name], **own, **{field: text})
    page.wait_for_timeout(400)
    assert page.url == address, "a refused input does not get into the address"
    box.fill("5")
    assert reason.inner_text() == "" and box.get_attribute("aria-invalid") == "false" and stale.count() == 0


def test_numbers_may_be_written_in_several_ways(page):
    for typed, read in GOOD.items():
        page.fill("#explore-roofline-at", typed)
        assert f"at {read} operations per byte," in page.inner_text("#explore-roofline-sentence")


def test_what_is_not_published_is_not_compared(page):
    before = page.inner_text("#explore-roofline-sentence")
    page.select_option("#explore-roofline-kind", "dense-fp4")
    assert "No dense FP4 rate of the H20 is published" in page.inner_text("#explore-roofline-part-refused")
    assert "B200, B300, GB200, Rubin" in page.inner_text("#explore-roofline-whole-refused")
    assert page.inner_text("#explore-roofline-sentence") == before
    free = page.locator("#explore-roofline-part option:not([disabled])").all_inner_texts()
    assert free == ["B200", "B300", "GB200", "Rubin"]
    page.select_option("#explore-roofline-part", "B200")
    assert page.inner_text("#explore-roofline-part-refused") == ""
    page.select_option("#explore-roofline-whole", "Rubin")
    assert "In dense FP4, at 64 operations per byte, the B200" in page.inner_text(
        "#explore-roofline-sentence"
    )
    page.select_option("#explore-roofline-work", "mha-decode")
    assert "16-bit formats only" in page.inner_text("#explore-roofline-work-refused")


def test_fields_that_hang_together_move_as_in_python(page, tools):
    """Over a long walk of changes, the fields stand as `explore.synchronised` leaves them."""
    tool, draw = tools["roofline"], random.Random(5)
    values = {field["name"]: field["start"] for field in tool["fields"]}
    choices = {"kind": list(tool["kinds"]), "work": ["", *tool["works"]], "at": ["64", "128", "7", "1,024"]}
    for _ in range(60):
        name = draw.choice(list(choices))
        value = draw.choice(choices[name])
        if value == values[name]:
            continue
        values = explore.synchronised(tool, values | {name: value}, name)
        field = f"#explore-roofline-{name}"
        page.fill(field, value) if name == "at" else page.select_option(field, value)
        assert {one: page.input_value(f"#explore-roofline-{one}") for one in values} == values


def test_presets_choose_the_work_by_key_and_show_which_is_chosen(page, tools):
    tool = tools["roofline"]
    buttons, kind = page.locator("#explore-roofline .presets button"), page.locator("#explore-roofline-kind")
    assert buttons.all_inner_texts() == [name for _, name in tool["presets"]]
    assert {work for work, _ in tool["presets"]} <= set(tool["works"])
    values = {field["name"]: field["start"] for field in tool["fields"]}
    pressed = page.locator("#explore-roofline .presets [aria-pressed=true]")
    page.focus("#explore-roofline .presets button")
    for at, (work, name) in enumerate(tool["presets"]):
        if at == 1:
            kind.select_option("dense-fp8")  # for which no work is named
            values |= {"kind": "dense-fp8"}
            buttons.nth(at).focus()
        page.keyboard.press("Space" if at else "Enter")
        values = explore.preset(tool, values, work)
        assert {one: page.input_value(f"#explore-roofline-{one}") for one in values} == values
        assert pressed.all_inner_texts() == [name]
        assert explore.answer(tool, **values).sentence == page.inner_text("#explore-roofline-sentence")
        page.keyboard.press("Tab")
    page.fill("#explore-roofline-at", "300")
    assert pressed.count() == 0
    buttons.first.click()
    page.wait_for_url(re.compile(f"#explore-roofline.*work={tool['presets'][0][0]}"))


CHOICES = {
    "roofline": [("select", "part", "Ascend 910C"), ("select", "work", "mla-decode-128-heads")],
    "fee": [("select", "said", "asked"), ("fill", "margin", "60")],
}


def make_choice(page, name):
    for how, field, value in CHOICES[name]:
        box = f"#explore-{name}-{field}"
        page.fill(box, value) if how == "fill" else page.select_option(box, value)
    page.wait_for_url(re.compile(rf"#explore-{name}\?.*{field}="))
    return page.locator(f"#explore-{name} [data-shown]").all_inner_texts()


@pytest.mark.parametrize("name", NAMES)
def test_an_address_restores_the_choice_and_reset_takes_it_back(browser, html, page, name):
    start = page.locator(f"#explore-{name} [data-shown]").all_inner_texts()
    chosen = make_choice(page, name)
    assert page.url.partition("#")[2].startswith(f"explore-{name}?")
    other, _, _ = open_page(browser, html)
    other.goto("about:blank")
    other.goto(page.url)
    assert other.locator(f"#explore-{name} [data-shown]").all_inner_texts() == chosen != start
    for _, field, value in CHOICES[name]:
        assert other.input_value(f"#explore-{name}-{field}") == value
    assert abs(other.locator(f"#explore-{name}").bounding_box()["y"]) < 60, "and shows it"
    other.click(f"#explore-{name} [type=reset]")
    assert other.locator(f"#explore-{name} [data-shown]").all_inner_texts() == start
    other.wait_for_url(re.compile(f"#explore-{name}$"))
    other.context.close()


def test_a_number_of_cards_of_ones_own_puts_away_what_was_said_and_survives_the_address(page):
    page.select_option("#explore-fee-said", "asked")
    assert page.input_value("#explore-fee-cards") == "2,000,000"
    page.fill("#explore-fee-cards", "5")
    assert page.input_value("#explore-fee-said") == ""
    page.wait_for_url(re.compile("cards=5"))
    page.reload()
    assert page.input_value("#explore-fee-said") == ""
    assert page.inner_text("#explore-fee-sentence").startswith("If 5 of the 2,000,000 cards")


def test_an_own_intensity_survives_the_address(page):
    page.select_option("#explore-roofline-kind", "dense-fp8")  # for which no work is named
    page.fill("#explore-roofline-at", "37")
    page.wait_for_url(re.compile("at=37"))
    page.reload()
    assert "In dense FP8, at 37 operations per byte, the H20" in page.inner_text("#explore-roofline-sentence")


def test_the_address_is_shared_with_the_filters_and_plain_anchors(page):
    make_choice(page, "fee")
    chosen = page.inner_text("#explore-fee-sentence")
    page.select_option("#filter-rating", "wrong")
    assert page.url.endswith("#claims?rating=wrong") and page.inner_text("#explore-fee-sentence") == chosen
    make_choice(page, "roofline")
    assert "#explore-roofline?" in page.url and page.input_value("#filter-rating") == "wrong"
    page.evaluate("location.hash = '#chapter-05'")
    page.wait_for_timeout(400)
    assert page.url.endswith("#chapter-05") and page.inner_text("#explore-fee-sentence") == chosen


@pytest.mark.parametrize(
    "fragment",
    [
        "explore-roofline?part=None&kind=<b>&at=abc",
        "explore-fee?cards=-1&said=most&fee=900&margin=",
        "explore-fee?__proto__=1&constructor=2",
        "explore-?a=1",
    ],
)
def test_a_strange_address_does_no_harm(browser, html, tools, fragment):
    page, _, messages = open_page(browser, html)
    page.goto("about:blank")
    page.goto(f"{html.as_uri()}#{fragment}")
    for name in NAMES:
        assert page.inner_text(f"#explore-{name}-sentence") == explore.answer(tools[name]).sentence
    assert messages == []
    page.context.close()


def test_all_of_it_works_by_keyboard(page):
    page.focus("#explore-fee-said")
    order = []
    for _ in range(10):
        order.append(
            page.evaluate(
                "document.activeElement.name || document.activeElement.dataset.for || document.activeElement.type"
            )
        )
        page.keyboard.press("Tab")
    assert order == ["said", "cards", "cards", "price", "price", "fee", "fee", "margin", "margin", "reset"]
    slider = page.locator("#explore-fee [data-for=fee]")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert page.input_value("#explore-fee-fee") == "26" == slider.get_attribute("aria-valuetext")
    assert "a fee of 26%" in page.inner_text("#explore-fee-sentence")
    page.keyboard.press("End")
    assert page.input_value("#explore-fee-fee") == "99"
    page.focus("#explore-roofline [data-for=at]")
    page.keyboard.press("Home")
    assert (
        page.input_value("#explore-roofline-at") == "0.5" and page.input_value("#explore-roofline-work") == ""
    )
    page.keyboard.press("End")
    assert page.input_value("#explore-roofline-at") == "5,000"
    page.focus("#explore-roofline-at")
    page.keyboard.press("Enter")
    assert "at 5,000 operations per byte" in page.inner_text("#explore-roofline-sentence")


def test_every_field_has_a_name_of_its_own_and_the_sentence_is_announced(page):
    boxes = page.locator(".explore :is(input, select)")
    names = boxes.evaluate_all("all => all.map(one => one.ariaLabel || one.labels[0].textContent)")
    assert len(names) == 15 == len(set(names)) and all(names)
    for name in NAMES:
        sentence = page.locator(f"#explore-{name}-sentence")
        assert sentence.get_attribute("aria-live") == "polite"
    page.fill("#explore-fee-fee", "30")
    assert sentence.get_attribute("aria-busy") == "true", "a voice waits while the reader is still at it"
    page.wait_for_selector("#explore-fee-sentence[aria-busy=false]")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_finger_is_enough_on_a_phone(browser, html, scheme):
    page, _, _ = open_page(
        browser, html, viewport={"width": 360, "height": 740}, has_touch=True, color_scheme=scheme
    )
    for name in NAMES:
        for box in page.locator(f"#explore-{name} :is(input, select, button)").all():
            assert box.bounding_box()["height"] >= 44 and box.bounding_box()["width"] >= 44
    slider = page.locator("#explore-fee [data-for=margin]")
    slider.scroll_into_view_if_needed()
    area = slider.bounding_box()
    page.touchscreen.tap(area["x"] + area["width"] / 2, area["y"] + area["height"] / 2)
    assert 48 <= float(page.input_value("#explore-fee-margin")) <= 52
    page.select_option("#explore-roofline-whole", "Ascend 950DT")  # the longest note
    page.fill("#explore-fee-margin", "x")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.context.close()


MARKS = """all => all.map(one => one.getBoundingClientRect())
                   .map(box => [box.x + box.width / 2, box.y + box.height / 2])"""


def test_the_marks_move_on_the_lines(page, tools):
    """Twice the intensity moves both marks by one step to the right, and up only the one that waits for memory."""
    marks = page.locator("#explore-roofline svg .mark")
    page.fill("#explore-roofline-at", "50")
    (second, first) = marks.evaluate_all(MARKS)
    page.fill("#explore-roofline-at", "100")
    (second_after, first_after) = marks.evaluate_all(MARKS)
    assert second[0] == pytest.approx(first[0]) and second_after[0] - second[0] > 20
    assert first_after[1] == pytest.approx(first[1]) and second_after[1] < second[1] - 10
    drawn = page.locator("#explore-roofline svg").bounding_box()
    for kind, chips in tools["roofline"]["chips"].items():
        page.evaluate(
            DRIVE,
            [
                "roofline",
                [
                    {"kind": kind, "part": chip, "whole": chip, "work": "", "at": at}
                    for chip in chips
                    for at in ("0.5", "5000")
                ],
            ],
        )
        for x, y in marks.evaluate_all(MARKS):
            assert (
                drawn["x"] <= x <= drawn["x"] + drawn["width"]
                and drawn["y"] <= y <= drawn["y"] + drawn["height"]
            )


def test_the_rates_shown_lead_to_their_sources(page, tools):
    page.select_option("#explore-roofline-whole", "Ascend 910C")
    chips = tools["roofline"]["chips"]["dense-bf16"]
    wanted = {f"#source-{source}" for chip in ("H20", "Ascend 910C") for source in chips[chip][3]}
    links = page.locator("#explore-roofline [data-sources] a")
    assert set(links.evaluate_all("all => all.map(one => one.getAttribute('href'))")) == wanted
    assert "752 to 800 TFLOPS" in page.inner_text("#explore-roofline [data-shown=published]")


def test_paper_and_the_pdf_do_without(page, pdf, tools):
    page.emulate_media(media="print")
    assert page.locator(".explore:visible").count() == 0
    text = "".join("".join(sheet.extract_text().split()) for sheet in pypdf.PdfReader(pdf).pages)
    assert "HowmuchofanH200isanH20?" in text
    for tool in tools.values():
        assert "".join(tool["title"].split()) not in text


def test_the_script_stays_small(html):
    assert (paths.TEMPLATES / "report_html" / "explore.js").stat().st_size <= 15_000
    for data in re.findall(
        r'<script type="application/json">(.*?)</script>', html.read_text(encoding="utf-8"), re.DOTALL
    ):
        assert "<" not in data and json.loads(data)["fields"]
