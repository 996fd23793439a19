"""The codebook and the data package say what the schemas say, and are fresh."""

import json
import re

import pytest

from chipcheck import data, paths, schemas
from maintain import codebook, influence


@pytest.fixture(scope="module")
def rendered():
    return codebook.render()


@pytest.mark.parametrize("name", ["README.md", "datapackage.json"])
def test_committed_file_is_fresh(rendered, name):
    file = paths.DATA / name
    fresh = file.exists() and file.read_text(encoding="utf-8") == rendered[name]
    assert fresh, f"data/{name} is not what the schemas and tables produce; run `make refresh`"


def test_rendering_twice_gives_the_same(rendered):
    assert codebook.render() == rendered


def test_every_table_and_column_is_in_both(rendered):
    resources = {resource["name"]: resource for resource in json.loads(rendered["datapackage.json"])["resources"]}
    assert set(resources) == set(schemas.TABLES)
    for table in schemas.TABLES.values():
        assert f"## {table.name}.csv" in rendered["README.md"]
        fields = [field["name"] for field in resources[table.name]["schema"]["fields"]]
        assert fields == list(table.columns)
        assert all(f"| `{column}` |" in rendered["README.md"] for column in table.columns)


def test_credits_name_sources_we_list():
    listed = set(data.load("sources")["source_id"])
    assert all(set(ids) <= listed for ids, _ in codebook.CREDITS)


def test_package_points_only_at_keys(rendered):
    for resource in json.loads(rendered["datapackage.json"])["resources"]:
        for foreign in resource["schema"].get("foreignKeys", []):
            target = schemas.TABLES[foreign["reference"]["resource"]]
            assert foreign["reference"]["fields"] == target.key


def test_both_files_are_written(tmp_path, monkeypatch, rendered):
    written = {}
    monkeypatch.setattr(codebook, "write_atomic", lambda path, text: written.setdefault(path.name, text))
    codebook.main()
    assert written == rendered


def test_a_value_on_one_source_is_listed_and_one_on_two_is_not(rendered):
    section = rendered["README.md"].partition("## Values that rest on one source")[2].partition("\n## ")[0]
    listed = set(re.findall(r"[a-z0-9.-]+", section))
    assert "idc-workload-inference" in listed  # one summary page
    assert "h20-bf16-dense-ant" not in listed  # Epoch AI gives the same rate
    assert ("accelerator_mix", "idc-workload-inference") in influence.listed()
    assert ("chip_specs", "h20-bf16-dense-ant") in influence.listed()


def test_every_source_is_cited_somewhere():
    """By a table, or by a notebook that names it; a document that nothing cites is not in the list."""
    cited = set()
    for name in schemas.TABLES:
        frame = data.load(name)
        for column in {"source_id", "sources"} & set(frame.columns) if name != "sources" else ():
            cited |= {one for ids in frame[column].dropna() for one in data.split_ids(ids)}
    named = "".join(path.read_text(encoding="utf-8") for path in paths.notebooks())
    listed = set(data.load("sources")["source_id"])
    assert not {one for one in listed - cited if f'"{one}' not in named and f'\\"{one}' not in named}
