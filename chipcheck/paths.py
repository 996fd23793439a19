"""The only place that knows where folders are.

Everything derived goes under `build()`; a person working in JupyterLab gets charts in `figures/`.
Two environment variables move the outputs, so that tests and the report build never touch the tree:

* `CHIPCHECK_BUILD`: the build folder (default `build/` in the repository);
* `CHIPCHECK_FIGURES`: where `charts.finish` writes (default `figures/`).
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"
NOTEBOOKS = ROOT / "notebooks"
FONTS = ROOT / "chipcheck" / "fonts"
LOCALES = ROOT / "locales"
TEMPLATES = ROOT / "chipcheck" / "publish" / "templates"
STYLE = ROOT / "chipcheck" / "report.mplstyle"
METHOD = "80"  # number of the notebook that tells how the article was read; readers know it by no number
# Matplotlib's list of the machine's fonts, made by set-up: a kernel that had to make it would say so in the report
FONT_LIST = {"MPLCONFIGDIR": str(Path(sys.prefix, "var", "matplotlib"))}
SUMMARY = "90"  # number of the notebook that runs last and reads what the chapters wrote


def build() -> Path:
    """Return the folder for everything that `make report` writes."""
    return Path(os.environ.get("CHIPCHECK_BUILD", ROOT / "build"))


def build_of(language: str) -> Path:
    """Return the folder for what the notebooks of an edition write: `build/` itself, or one in it by language."""
    return build() if language == "en" else build() / language


def facts() -> Path:
    """Return the folder with one JSON of named results per notebook."""
    return build() / "facts"


def figures() -> Path:
    """Return the folder that charts are written to."""
    return Path(os.environ.get("CHIPCHECK_FIGURES", ROOT / "figures"))


def notebooks() -> list[Path]:
    """Return the numbered notebooks in reading order."""
    return sorted(NOTEBOOKS.glob("[0-9][0-9]-*.ipynb"))


def chapters() -> list[Path]:
    """Return the notebooks that compute facts, in reading order: all but the summary."""
    return [path for path in notebooks() if not path.name.startswith(SUMMARY)]
