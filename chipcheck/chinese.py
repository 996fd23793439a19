"""Numbers, amounts, dates and ranges as a Chinese reader sees them: 亿 and 万, no commas, 4.5%～8.5%, 2025年4月.

Translators write words; every figure of the Chinese edition is set here. Pure functions, no file access.
"""

import math
import re

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
QUARTERS, HALVES = ("一季度", "二季度", "三季度", "四季度"), ("上半年", "下半年")
DECIMALS = 4
LARGE = (("万亿", 1e12), ("亿", 1e8), ("万", 1e4))
COUNTED = {"bn": 1e9, "m": 1e6, "k": 1e3, "1": 1.0}  # what a slot `{x:.1f|bn}` counts
# How a unit of our tables is said, and how many of what is said it stands for
UNITS = {
    "%": ("{}%", 1),
    "x": ("{}倍", 1),
    "USD bn": ("{}美元", 1e9),
    "USD m": ("{}美元", 1e6),
    "USD": ("{}美元", 1),
    "CNY bn": ("{}元", 1e9),
    "CNY": ("{}元", 1),
    "yuan": ("{}元", 1),
    "bn, currency not stated": ("{}（币种未注明）", 1e9),
    "count": ("{}", 1),
    "": ("{}", 1),
    "cards": ("{}块", 1),
    "chips": ("{}块", 1),
    "million cards": ("{}块", 1e6),
    "million chips": ("{}颗", 1e6),
    "million dies": ("{}颗裸片", 1e6),
    "wafers a month": ("每月{}片", 1),
    "days": ("{}天", 1),
    "weeks": ("{}周", 1),
    "months": ("{}个月", 1),
    "quarters": ("{}个季度", 1),
    "years": ("{}年", 1),
    "points": ("{}个百分点", 1),
    "nm": ("{}纳米", 1),
    "FLOP/byte": ("{}次运算/字节", 1),
    "billion yuan": ("{}元", 1e9),
    "people": ("{}人", 1),
}
WIDE = {",": "，", ";": "；", ":": "："}
_HAN = "[\u4e00-\u9fff）”》]"
_MONTH = "|".join(MONTHS)
_SHORT = "|".join(month[:3] for month in MONTHS)
_NUMBER = r"[\u2212-]?\d[\d,]*(?:\.\d+)?"
_DAY = re.compile(rf"\b(?:(\d{{1,2}})[ \u00a0])?({_MONTH})[ \u00a0](\d{{4}})\b")
_BRIEF = re.compile(rf"\b(?:(\d{{1,2}}) )?({_SHORT})(\s)(\d{{4}})\b")
_ISO = re.compile(r"(?<![\w/.-])(20\d\d)-(0[1-9]|1[0-2])(?:-([0-3]\d))?(?![\w/-])")
_QUARTER = re.compile(r"\bQ([1-4]) (\d{4})\b")
_HALF = re.compile(r"(?<![\w/.-])(20\d\d)-([QH])[1-4](?![\w/-])")
_FISCAL = re.compile(r"\bFY(\d{4})(?:-Q([1-4]))?\b")
_AMOUNT = re.compile(rf"(US\\?\$|CNY )({_NUMBER})(?:(?: to |–)({_NUMBER}))? (billion|million)")
_PRICE = re.compile(rf"(US\\?\$|CNY )({_NUMBER})(?:(?: to |–)({_NUMBER}))?(?![\d.])")
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])")
_SPAN = re.compile(rf"(?<![\w.])({_NUMBER})(%?)–({_NUMBER})(%?)(?![\w.])")


def plain(value: float, digits: int) -> str:
    """Return a number with `digits` decimals, a real minus and no commas; never a negative zero."""
    rounded = round(value, digits) + 0.0
    return f"{rounded:.{max(digits, 0)}f}".replace("-", "\u2212")


def number(value: float, digits: int) -> str:
    """Return a number with `digits` decimals, a round one of six digits and more in 万.

    >>> number(2_000_000, 0), number(33_000, 0), number(0.5, 1)
    ('200万', '33000', '0.5')
    """
    return large(value, 1) if abs(value) >= 1e5 and value % 1_000 == 0 else plain(value, digits)


def large(value: float, step: float) -> str:
    """Return a number that is known to `step` in 万, 亿 or 万亿 where it is large enough.

    >>> large(4.5e9, 1e8), large(650_000, 1), large(9_500, 1), large(5.6e7, 1e7)
    ('45亿', '65万', '9500', '6000万')
    """
    rounded = round(value / step) * step if step >= 1 else value
    for word, size in LARGE:
        if abs(rounded) >= size:
            text = plain(rounded / size, max(0, round(math.log10(size / step))))
            text = text.rstrip("0").rstrip(".") if "." in text else text
            if len(text.partition(".")[2]) > DECIMALS:
                break  # a count to the last piece is read more easily in digits
            return text + word
    return plain(rounded, max(0, -math.floor(math.log10(step) + 1e-9)))


def quantity(low: float, high: float, digits: int, unit: str) -> str:
    """Return a figure or a range with its unit, rounded to `digits` decimals of that unit.

    >>> quantity(2.7, 9.0, 1, "USD bn"), quantity(4.5, 8.5, 1, "%"), quantity(3, 3, 0, "months")
    ('27亿～90亿美元', '4.5%～8.5%', '3个月')
    """
    words, times = UNITS.get(unit, ("{} " + unit, 1))

    def said(value: float) -> str:
        counted = times > 1 or (unit in UNITS and abs(value) >= 1e4)
        return large(value * times, times * 10.0**-digits) if counted else plain(value, digits)

    ends = list(dict.fromkeys((said(low), said(high))))
    if unit == "%":
        return "～".join(f"{end}%" for end in ends)
    return words.format("～".join(ends))


def ranged(low: str, high: str, unit: str) -> str:
    """Return a range from its ends, each as `quantity` gives it."""
    if unit == "%":
        return f"{low}～{high}"
    before, after = UNITS.get(unit, ("{} " + unit, 1))[0].split("{}")
    return f"{low.removesuffix(after)}～{high.removeprefix(before)}"


def counted(value: float | str, spec: str, what: str) -> str:
    """Return what a slot `{value:spec|what}` prints: a number of billions, millions, thousands or ones, in 亿 and 万.

    Of a text, each number in it is set so.

    >>> counted(13.5, ".1f", "bn"), counted(1234, ",.0f", "m"), counted("2 to 5", "", "bn")
    ('135亿', '12.34亿', '20亿～50亿')
    """
    if isinstance(value, str):
        text = re.sub(_NUMBER, lambda found: _counted(found[0].replace("\u2212", "-").replace(",", ""), what), value)
        return re.sub(r" to |–", "～", text)
    return _counted(format(value, spec).replace(",", "") if spec else f"{value:g}", what)


def brief(text: str) -> str:
    """Return a date as a narrow label has it.

    >>> brief("2023年11月13日")
    '2023.11.13'
    """
    return re.sub(r"(\d{4})年(\d+)月(\d+)日", r"\1.\2.\3", text)


def _counted(shown: str, what: str) -> str:
    digits = len(shown.partition(".")[2])
    return large(float(shown) * COUNTED[what], COUNTED[what] * 10.0**-digits)


def date(form: str, when: str) -> str:
    """Return a date of a form that `dates.precision` names: year, half, quarter, month or day."""
    year, _, rest = when.partition("-")
    if form == "quarter":
        return f"{year}年{QUARTERS[int(rest[-1]) - 1]}"
    if form == "half":
        return f"{year}年{HALVES[int(rest[-1]) - 1]}"
    month, _, day = rest.partition("-")
    return f"{year}年" + (f"{int(month)}月" if month else "") + (f"{int(day)}日" if day else "")


def localised(text: str) -> str:
    """Return text in which figures and dates of the English form have that of the Chinese one.

    >>> localised("8 December 2025: US$13.5 billion, 1,234 or 20–25%")
    '2025年12月8日: 135亿美元, 1234 or 20%～25%'
    """
    if text in _SHORT.split("|"):
        return f"{_place(text)}月"
    if (found := _BRIEF.fullmatch(text)) and found[3] == "\n":  # under a narrow column
        return f"{_place(found[2])}月\n{found[4]}"
    text = _DAY.sub(_day, _ISO.sub(_iso, text))
    text = _BRIEF.sub(_brief, text)
    text = _QUARTER.sub(lambda found: f"{found[2]}年{QUARTERS[int(found[1]) - 1]}", text)
    text = _HALF.sub(lambda found: date({"Q": "quarter", "H": "half"}[found[2]], found[0]), text)
    text = _FISCAL.sub(lambda found: f"{found[1]}财年" + (QUARTERS[int(found[2]) - 1] if found[2] else ""), text)
    text = _AMOUNT.sub(_amount, text)
    text = _GROUPED.sub(_grouped, _PRICE.sub(_price, text))
    text = re.sub(r"(?<=\d)×(?![\dA-Za-z])", "倍", text)
    return _SPAN.sub(_span, text)


def scaled(text: str, by: float) -> str:
    """Return text whose numbers are `by` times as large, a power of ten: what was said in billions, in 亿.

    >>> scaled("2.25 to 7", 10), scaled("31,234", 0.01)
    ('22.5 to 70', '312.34')
    """
    places = round(math.log10(by))

    def one(found: re.Match) -> str:
        digits = len(found[0].partition(".")[2])
        return plain(float(found[0].replace(",", "").replace("\u2212", "-")) * by, max(0, digits - places))

    return re.sub(_NUMBER, one, text)


def _span(found: re.Match) -> str:
    low, high = f"{found[1]}{found[2] or found[4]}", f"{found[3]}{found[4]}"
    if not found[2] + found[4] and found[1].isdigit() and found[3].isdigit() and int(found[1]) > int(found[3]):
        return f"{low}比{high}"  # votes
    return low if low == high else f"{low}～{high}"


def _place(month: str) -> int:
    return next(at for at, name in enumerate(MONTHS, start=1) if name.startswith(month))


def tidy(text: str) -> str:
    """Return text whose marks are wide beside Chinese, without the spaces that Latin letters need between them.

    >>> tidy("成立。 我们查到; 18 个月, H20: 2, 3")
    '成立。我们查到；18个月，H20：2、3'
    """
    text = re.sub(r"(?<=\d), +(?=\d)", "、", text)
    text = re.sub(r"([,;:]) +(?=\S)", lambda mark: WIDE[mark[1]], text)
    text = re.sub(rf"(?<={_HAN}) +(?=[A-Za-z0-9\u4e00-\u9fff])|(?<=[A-Za-z0-9%]) +(?={_HAN})", "", text)
    return re.sub(r"(?<=[，。；：？！（）《》]) +(?=\S)| +(?=[，。；：？！（）《》])", "", text)


def _brief(found: re.Match) -> str:
    gap = "" if found[3] == " " else found[3]
    return f"{found[4]}年{gap}{_place(found[2])}月" + (f"{int(found[1])}日" if found[1] else "")


def _iso(found: re.Match) -> str:
    return f"{found[1]}年{int(found[2])}月" + (f"{int(found[3])}日" if found[3] else "")


def _day(found: re.Match) -> str:
    return f"{found[3]}年{_place(found[2])}月" + (f"{int(found[1])}日" if found[1] else "")


def _grouped(found: re.Match) -> str:
    """Return a number without its commas, a round one in 万."""
    shown = found[0].replace(",", "")
    whole = "." not in shown and len(shown) > 5 and int(shown) % 1_000 == 0
    return large(float(shown), 1) if whole else shown


def _price(found: re.Match) -> str:
    ends = "～".join(counted(float(end.replace(",", "")), "", "1") for end in (found[2], found[3]) if end)
    return ends + ("元" if found[1].startswith("CNY") else "美元")


def _amount(found: re.Match) -> str:
    what = {"billion": "bn", "million": "m"}[found[4]]

    def said(typed: str) -> str:
        digits = len(typed.partition(".")[2])
        return counted(float(typed.replace(",", "").replace("\u2212", "-")), f".{digits}f", what)

    ends = "～".join(said(end) for end in (found[2], found[3]) if end)
    return ends + ("元" if found[1].startswith("CNY") else "美元")
