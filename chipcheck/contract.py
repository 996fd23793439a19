"""What notebooks, page and PDF must agree on, each once: kinds of output, tags of cells, roles of facts, colours.

Both sides import from here, templates are handed these values, and nothing here knows how either side works.
"""

# What the report is called, wherever it names itself
TITLE = "Right number, wrong denominator"
SUBTITLE = "A Chinese article on NVIDIA’s H200, checked statement by statement"
AUTHORS = "The Right Number contributors"

# Kinds of data in an output, by MIME type, beside Jupyter's own. Only a report build writes them.
NARROW_SVG = "application/vnd.chipcheck.narrow+svg"  # the layout of a chart for phones
CLAIMS = "application/vnd.chipcheck.claims+json"  # the records behind a table of claims: `records.claim_record`
STRIP = "application/vnd.chipcheck.strip+json"  # statements in the article's order: the records of `chapter.strip`
GLOSSARY = "application/vnd.chipcheck.glossary+json"  # in which words the text may use each term of a list of terms
EXPLORER = "application/vnd.chipcheck.explorer+json"  # something to try: a dictionary made by `explore`
TABLE = "application/vnd.dataresource+json"  # a table as data: `tables.resource`

TIP = "tip: "  # begins the gid of an artist that says its value while a pointer is on it: `charts.tip`

# Tags of cells
ANSWER = "answer"  # what a chapter found; the report lifts it under the chapter's title
HIDDEN = "hide-input"  # a sentence with computed numbers: folded in the notebook, without its code on the page
EXPLORE = "explore"  # for people at a keyboard: not run for the report
ANALYST = "analyst"  # for readers of the notebook: run, but left out of the report with its outputs
WORKING = "working"  # how a chapter got there: folded on the page, left out of the PDF, in its place in the notebook
ABROAD = "in-chinese"  # said in another language than its edition's; left out of the edition in that language
OPENING = ("opening",)  # of the summary: what the report begins with
CLOSING = ("claims-table", "about")  # of the summary: what follows the last chapter

# What counts as Chinese: first and last code points, and the same as a class of a regular expression
CHINESE_RANGES = ((0x2E80, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF), (0xFF00, 0xFFEF), (0x20000, 0x3FFFF))
CHINESE = f"[{''.join(f'{chr(first)}-{chr(last)}' for first, last in CHINESE_RANGES)}]"

# How a fact bears on a claim: the columns of verdicts.csv that name facts, and their words
ROLES = {
    "found": "On the basis the words name",
    "found_if": "With what is missing supplied",
    "reproduced": "Of something else, or by mixing bases",
}

# Colours by name: (light, dark). Charts and print use the light ones; the dark ones keep at least 4.5:1 on dark paper.
PALETTE = {
    "ink": ("#1b1f24", "#e7eaee"),  # text
    "muted": ("#5b6570", "#a5afba"),  # what is secondary, or of nobody in particular
    "rule": ("#d5dae0", "#39424c"),  # lines
    "paper": ("#ffffff", "#14181c"),
    "panel": ("#f4f6f8", "#1d2329"),  # ground of a box
    "link": ("#1d4ed8", "#8db1ff"),  # links of the PDF, focus and keywords of the page
    "article": ("#b3261e", "#ff8b80"),  # what the article prints
    "nvidia": ("#4d7c0f", "#9dcb57"),  # NVIDIA, its chips, what is imported
    "china": ("#1d4ed8", "#8db1ff"),  # Chinese makers and their chips
    "evidence": ("#0f766e", "#4cc3b5"),  # what we found
    "amber": ("#b45309", "#f2ab57"),  # what was said or asked for, and the duty
}
# What captions call a colour. Another hue needs another word here, and in the captions that say the old one.
WORDS = {"article": "red", "nvidia": "green", "china": "blue", "evidence": "teal", "amber": "amber"}
LIGHT = {name: light for name, (light, _) in PALETTE.items()}
