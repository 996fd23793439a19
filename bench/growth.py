"""Time how the build grows: more chapters, more rows of evidence. Prints figures, never fails a build.

    make bench GROW=8      the chapters eight times over: a whole report from nothing
    make bench ROWS=100    the rows of evidence a hundred times over: load, validate, hold against each other

Each figure is a ratio to linear growth: the time of n times as much, divided by n times the time of once. What is the
same at any size (imports, a first kernel) is part of both, so a build that grew in step would come out below 1.
"""

import csv
import dataclasses
import json
import re
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from copies import copy_tree, environment, run

from chipcheck import identities, paths, schemas

AIMS = {"GROW": 1.1, "ROWS": 1.3}


# ---- more chapters ----


def grow_chapters(tree: Path, times: int) -> int:
    """Copy every chapter of the story in `tree` until each is there `times` times; return how many notebooks there are.

    A copy checks copies of its statements, and draws and computes all that its original does, under other names.
    """
    originals = [path for path in sorted((tree / "notebooks").glob("[0-9][0-9]-*.ipynb")) if path.name[:2] < "80"]
    taken = {path.name[:2] for path in (tree / "notebooks").glob("*.ipynb")}
    free = (f"{number:02}" for number in range(12, 90) if f"{number:02}" not in taken)
    numbers = {}  # of each copy: that of its original
    for _ in range(times - 1):
        for path in originals:
            number = next(free)
            numbers[number] = path.name[:2]
            text = json.dumps(copied(json.loads(path.read_text(encoding="utf-8")), path.name[:2], number))
            (tree / "notebooks" / f"{number}{path.name[2:]}").write_text(text, encoding="utf-8")
    claims = read(tree / "data" / "claims.csv")
    checked: dict[str, list[dict]] = {}
    swaps = {cell for row in read(tree / "data" / "denominators.csv") for cell in row.values()}
    for row in claims:
        if row["kind"] != "forecast" and row["claim_id"] not in swaps:  # more about those stands in other tables
            checked.setdefault(row["notebook"], []).append(row)
    added = [
        row
        | {"claim_id": f"{row['claim_id']}-{number}", "notebook": number, "weight": "minor"}
        | {column: f"{number}: {row[column]}" for column in ("statement", "statement_zh")}
        for number, original in numbers.items()
        for row in checked.get(original, checked["10"])
    ]
    verdicts = {row["claim_id"]: row for row in read(tree / "data" / "verdicts.csv")}
    rated = [verdicts[row["claim_id"][:-3]] | {"claim_id": row["claim_id"]} for row in added]
    write(tree / "data" / "claims.csv", [*claims, *added])
    write(tree / "data" / "verdicts.csv", [*verdicts.values(), *rated])
    return len(list((tree / "notebooks").glob("[0-9][0-9]-*.ipynb")))


def copied(book: dict, original: str, number: str) -> dict:
    """Return a chapter under another number, so that nothing it names is named twice in one report."""
    for cell in book["cells"]:
        source = "".join(cell["source"])
        source = re.sub(rf'(["#-]){original}-(?=[a-z{{])', rf"\g<1>{number}-", source)  # its figures and tables
        source = re.sub(rf'(Facts|verdict_table)\("{original}"', rf'\1("{number}"', source)
        if cell["cell_type"] == "code":
            # Its facts were held against its ratings already; the summary wants each name once
            renamed = f'facts._facts = {{f"{{name}}-{number}": fact for name, fact in facts.all().items()}}'
            source = source.replace("facts.save()", f"{renamed}\nfacts.save()")
            source = source.replace("explore.MIME: explorer", "")  # a page has one of each
        else:
            source = re.sub(r"\{#([a-z-]+)\}", rf"{{#\1-{number}}}", source)
        cell["source"] = source
    return book


def chapters(times: int) -> tuple[str, float]:
    """Return in words what was built, and the ratio to linear of a report with `times` as many chapters."""
    seconds = []
    with tempfile.TemporaryDirectory() as scratch:
        for each in (1, times):
            tree = copy_tree(Path(scratch).resolve() / f"of {each}")
            count = grow_chapters(tree, each)
            started = time.perf_counter()
            run(["make", "report"], tree, environment(tree))
            seconds.append(time.perf_counter() - started)
    return f"{count} notebooks, {seconds[1]:.0f} s (once: {seconds[0]:.0f} s)", seconds[1] / seconds[0] / times


# ---- more rows ----

# What is known by name and counted once (the article, sources of one document, quarters of one company), or what laws
# know by name (systems)
KEPT = {
    "article_lines", "claims", "verdicts", "denominators", "glossary", "corrections", "exemptions", "forecasts",
    "outcomes", "outlooks", "systems", "nvidia_revenue", "company_results", "share_prices",
}  # fmt: skip
SUBJECTS = {"chip", "subject", "reference", "product", "company", "foundry"}  # closed lists of what evidence is about


def grow_rows(folder: Path, times: int) -> int:
    """Write every table into `folder`, those of evidence `times` over, and return the number of all rows.

    A copy tells of other chips, makers and sources, by the same figures. The vocabularies of this process grow too.
    """
    total = 0
    for name, table in schemas.TABLES.items():
        rows = read(paths.DATA / f"{name}.csv")
        if name not in KEPT:
            rows += [again(table, row, number) for number in range(1, times) for row in list(rows)]
            columns = {
                column: dataclasses.replace(kind, values=(*kind.values, *named(kind.values, times)))
                if column in SUBJECTS and kind.values else kind
                for column, kind in table.columns.items()
            }  # fmt: skip
            schemas.TABLES[name] = dataclasses.replace(table, columns=columns)
        write(folder / f"{name}.csv", rows, list(table.columns))
        total += len(rows)
    return total


def named(values: tuple[str, ...], times: int) -> list[str]:
    """Return the names of the copies of some chips or makers."""
    return [f"{value} {number}" for number in range(1, times) for value in values]


def again(table: schemas.Table, row: dict[str, str], number: int) -> dict[str, str]:
    """Return a copy of a row of evidence: other ids, and other names wherever words are free."""
    changed = dict(row)
    for column, value in row.items():
        kind, points = table.columns[column], table.foreign.get(column, ("",))[0]
        free = kind.kind == "text" and not kind.values and not kind.pattern
        if not value:
            continue
        if column == table.key:
            changed[column] = f"{value}-{number}"
        elif points == "sources" and table.name != "mlperf_results":  # a round of that is one document
            changed[column] = ";".join(f"{part}-{number}" for part in value.split(";"))
        elif not points and (free or column in SUBJECTS):
            changed[column] = f"{value} {number}"
    return changed


def rows(times: int) -> tuple[str, float]:
    """Return in words what was loaded, and the ratio to linear of `times` as many rows of evidence."""
    seconds = []
    identities.check(identities.load_all())  # what is imported or compiled at first use counts for neither
    with tempfile.TemporaryDirectory() as scratch:
        for each in (1, times // 2, times):
            folder = Path(scratch, str(each))
            folder.mkdir()
            count = grow_rows(folder, each)
            started = time.perf_counter()
            found = identities.contradictions(identities.load_all(folder), identities.IDENTITIES)
            seconds.append(time.perf_counter() - started)
    # What an exemption lets pass in the original, it does not in a copy
    once, half, whole = seconds
    doubled = f"{len(found)} contradictions in copies; from half as many {whole / half / 2:.2f} of linear"
    return f"{count} rows, {whole:.0f} s (once: {once:.1f} s); {doubled}", whole / once / times


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table as text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[dict[str, str]], columns: list[str] | None = None) -> None:
    """Write rows as a table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns or list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    for asked in sys.argv[1:]:
        what, _, times = asked.partition("=")
        words, ratio = {"GROW": chapters, "ROWS": rows}[what](int(times))
        print(f"{asked:9} {words}: {ratio:.2f} of linear, aim {AIMS[what]}", flush=True)
