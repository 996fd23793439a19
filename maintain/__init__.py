"""For maintainers: what is derived and committed, what each typed value bears on, which slips go unseen.

Nothing here is needed to build the report; `make refresh`, `make check`, `make mutate` and the tests run it.
"""
