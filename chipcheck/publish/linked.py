"""What search engines and fact-check collections read of the page: the report and its headline verdicts as JSON-LD.

The words are those of schema.org: a `Dataset`, and a `ClaimReview` for each rated headline claim. A rating has its name
alone; our verdicts are kinds of fit, not places on a scale, so that no number could tell them honestly.
"""

import json

from chipcheck import verdicts

ARTICLE = "article-wuxiaobo-2025-12"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"


def linked_data(meta: dict, claims: list[dict]) -> str:
    """Return JSON-LD that may stand inside a script element.

    `meta` is the report's metadata in the merged notebook, `claims` are records of `records.claim_record`. Addresses
    are fragments, since the page is one file that may lie anywhere.
    """
    authors = [{"@type": "Organization", "name": author} for author in meta["authors"]]
    checked = {"@type": "Organization", "name": "Wu Xiaobo Channel (吴晓波频道)"}
    article = next((source for source in meta["sources"] if source["source_id"] == ARTICLE), {})
    dated = {"datePublished": article["date"]} if article else {}
    report = {
        "@type": "Dataset", "name": meta["title"], "description": meta["description"], "version": meta["version"],
        "license": LICENCE, "creator": authors, "dateModified": meta["released"], "inLanguage": meta["language"],
    }  # fmt: skip
    reviews = [
        {
            "@type": "ClaimReview", "url": f"#claim-{claim['claim_id']}", "claimReviewed": claim["statement"],
            "author": authors, "datePublished": meta["released"],
            "itemReviewed": {"@type": "Claim", "author": checked, **dated},
            "reviewRating": {"@type": "Rating", "alternateName": claim["rating"]},
        }
        for claim in claims
        if claim["weight"] == "headline" and claim["rating"] != verdicts.OPINION
    ]  # fmt: skip
    graph = {"@context": "https://schema.org", "@graph": [report, *reviews]}
    return json.dumps(graph, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
