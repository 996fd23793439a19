"""What holds the typed data against itself: identities, what each value bears on, and the mutation harness.

Nothing here is needed to build the report; `make check` and `make mutate` run it.
"""
