"""Make the report in one process: check the tables, run the notebooks that are due, merge, render.

    python -m chipcheck.publish build/report.ipynb html pdf --executed build/executed/*.ipynb

Make decides what is due and removes it; what is not there is made here. See `publish.build`.
"""

import argparse
import atexit
import gc
import time
from pathlib import Path

from chipcheck.publish import warm

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Run the notebooks that are due, merge them and render the report.")
    parser.add_argument("notebook", type=Path, help="the merged notebook; the outputs stand beside it")
    parser.add_argument("kinds", nargs="+", choices=["html", "pdf"])
    parser.add_argument("--executed", nargs="+", type=Path, required=True, help="executed notebooks, there or not")
    parser.add_argument("--jobs", type=int, default=2, help="notebooks run side by side")
    chosen = parser.parse_args()
    # To look for garbage, now and again and once more at the end, took a tenth of a build and freed next to nothing
    gc.disable()
    atexit.register(gc.freeze)
    began = time.time_ns()  # before the warm process reads anything: an edit since then makes the result stale
    if not all(path.exists() for path in chosen.executed):
        warm.start()  # it imports what notebooks need while this process imports what is needed here

    from chipcheck import data, identities
    from chipcheck.ending import ending
    from chipcheck.publish import build
    from chipcheck.publish.errors import PublishError

    with ending("The report was not changed.", PublishError, data.DataError, identities.IdentityError):
        build.main(chosen.notebook, chosen.kinds, chosen.executed, chosen.jobs, began)
