"""One schema per table: columns, units, vocabularies, ranges, cross-column rules and what they mean.

`TABLES` is the single description of the data. `data.load` validates with the pandera schema built from it; the
codebook (`data/README.md`) and the data package (`data/datapackage.json`) are generated from it.
"""

from chipcheck.schemas.article import (
    ARTICLE_LINES,
    CHAPTERS,
    CLAIM_KINDS,
    CLAIM_UNITS,
    CLAIMS,
    CORRECTIONS,
    DENOMINATORS,
    EXEMPTIONS,
    GLOSSARY,
    SOURCES_TABLE,
    TOPICS,
    VERDICTS,
)
from chipcheck.schemas.chips import (
    CHIP_PRICES,
    CHIP_SPECS,
    MLPERF_RESULTS,
    PERFORMANCE_STATEMENTS,
    PRODUCT_DATES,
    SERVING_THROUGHPUT,
    SYSTEMS_TABLE,
    WORKLOADS,
)
from chipcheck.schemas.makers import COMPANY_RESULTS, CUSTOMERS, LISTINGS, ORDERS, SHARE_PRICES, YIELDS
from chipcheck.schemas.markets import ACCELERATOR_MIX, CHINA_MARKET_SHARE, NVIDIA_REVENUE, OUTLOOKS, REVENUE_STATEMENTS
from chipcheck.schemas.model import STATUS, Column, Table
from chipcheck.schemas.policy import EXPORT_RULES, FEES, FORECASTS, OUTCOMES, POLICY_EVENTS, SCORES

__all__ = ["CHAPTERS", "CLAIM_KINDS", "CLAIM_UNITS", "SCORES", "STATUS", "TABLES", "TOPICS", "Column", "Table"]

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        *(CLAIMS, VERDICTS, DENOMINATORS, SOURCES_TABLE, CORRECTIONS, EXEMPTIONS, ARTICLE_LINES, GLOSSARY),
        *(CHIP_SPECS, PERFORMANCE_STATEMENTS, SERVING_THROUGHPUT, MLPERF_RESULTS, WORKLOADS, SYSTEMS_TABLE),
        *(PRODUCT_DATES, CHIP_PRICES, EXPORT_RULES, FEES),
        *(NVIDIA_REVENUE, REVENUE_STATEMENTS, OUTLOOKS, CHINA_MARKET_SHARE, ACCELERATOR_MIX),
        *(COMPANY_RESULTS, LISTINGS, SHARE_PRICES, CUSTOMERS, YIELDS, ORDERS),
        *(POLICY_EVENTS, FORECASTS, OUTCOMES),
    )
}
