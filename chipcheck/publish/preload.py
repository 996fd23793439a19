"""What a warm process does before the first kernel is forked from it: import what notebooks import, read every table.

Importing this module does the work; only `publish.warm` asks for it. A table that is refused, or that warns, is left
for each kernel to meet by itself, so that the message names the notebook as ever.
"""

import atexit
import contextlib
import gc
import os
import sys
import warnings

os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")  # as the kernel will
sys.modules.setdefault("debugpy", None)  # else each kernel would load a debugger, for nobody

import ipykernel.kernelapp
import numpy
import pandas
import pandera.errors

from chipcheck import chapter, charts, data, edition, explore, identities
from chipcheck.publish import warm

pandas.set_option("display.max_columns", 20)  # pandas chooses on import, by whether it finds itself in a kernel
with warnings.catch_warnings(), contextlib.suppress(data.DataError, Warning):
    warnings.simplefilter("error")
    identities.load_all()
for code in edition.NAMES:
    edition.kept(code)
gc.freeze()  # or the first collection in each fork would copy all of it
atexit.register(os._exit, 0)  # nobody waits for this process to free its memory piece by piece
