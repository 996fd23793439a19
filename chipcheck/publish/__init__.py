"""From executed notebooks to one HTML file and one PDF."""

import sys

# jsonschema, which nbformat imports, offers a check of web addresses whose grammar takes 0.7 s to build on import. No
# notebook needs it. As with any optional package that is absent, the check is then simply not offered.
sys.modules.setdefault("rfc3987_syntax", None)
