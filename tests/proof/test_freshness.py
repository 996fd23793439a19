"""What is derived and committed is what the sources give, here and on a machine with other arithmetic."""

import re
import tempfile
from pathlib import Path

import numpy as np
import pytest

from chipcheck import charts, paths, tables
from maintain import refresh, replay


def test_what_is_derived_and_committed_is_fresh(tmp_path):
    """Run everything again and compare bytes; a difference means that a source changed and the outputs did not."""
    files = refresh.derived(tmp_path)
    for name in refresh.other_pixels(files, paths.ROOT):
        print(f"{name}: same numbers, other pixels")
    stale = refresh.stale(files, paths.ROOT)
    assert not stale, f"stale: {', '.join(stale)}; run `make refresh` and commit the result"


NOISY = ("log10", "log", "exp", "power")  # functions whose last bit depends on the instruction set
SEEDS = (3, 5)
LOGARITHMIC = [path for path in paths.notebooks() if re.search(r'[xy]?scale=\\?"log', path.read_text(encoding="utf-8"))]


class Noise:
    """A function of NumPy that is off by one unit in the last place for a third of its results."""

    def __init__(self, function, dice):
        self.function, self.dice = function, dice

    def __getattr__(self, name):
        return getattr(self.function, name)

    def __call__(self, *values, **options):
        exact = np.asarray(self.function(*values, **options), dtype=float)
        moved = np.nextafter(exact, self.dice.choice([-np.inf, np.inf], exact.shape))
        noisy = np.where(self.dice.random(exact.shape) < 1 / 3, moved, exact)
        return noisy if noisy.ndim else noisy[()]


def drawn(notebook, monkeypatch, seed=None):
    """Run a notebook's cells here and return the files of its charts; `seed` adds noise to NumPy's functions."""
    with tempfile.TemporaryDirectory() as scratch, monkeypatch.context() as patch:
        patch.setenv("CHIPCHECK_FIGURES", f"{scratch}/figures")
        patch.setenv("CHIPCHECK_BUILD", f"{scratch}/build")
        patch.delenv("CHIPCHECK_OUTPUT", raising=False)
        for module in (charts, tables):
            patch.setattr(module, "display", lambda *_, **__: None)
        if seed is not None:
            dice = np.random.default_rng(seed)
            for name in NOISY:
                patch.setattr(np, name, Noise(getattr(np, name), dice))
        names = {"__name__": "__noise__"}
        for _, code in replay.cells(notebook):
            exec(code, names)
        return {path.name: path.read_bytes() for path in sorted(Path(scratch, "figures").iterdir())}


def other_files(notebook, monkeypatch):
    """Return the charts' files that noise changes."""
    quiet = drawn(notebook, monkeypatch)
    noisy = [drawn(notebook, monkeypatch, seed) for seed in SEEDS]
    return sorted({name for files in noisy for name, content in files.items() if content != quiet[name]})


def test_three_notebooks_draw_on_logarithmic_scales():
    assert [path.name[:2] for path in LOGARITHMIC] == ["01", "05", "10"]


@pytest.mark.parametrize("notebook", LOGARITHMIC, ids=lambda path: path.name[:2])
def test_a_processor_with_another_last_bit_draws_the_same_bytes(notebook, monkeypatch):
    assert other_files(notebook, monkeypatch) == []


def test_without_rounding_the_noise_is_seen(monkeypatch):
    """Else the test above could not fail."""
    monkeypatch.setattr(charts.SteadyLog, "transform_non_affine", charts.scale.LogTransform.transform_non_affine)
    [notebook] = [path for path in LOGARITHMIC if path.name.startswith("01")]
    assert other_files(notebook, monkeypatch)
