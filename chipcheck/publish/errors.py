"""What can go wrong between an executed notebook and the finished report."""

from chipcheck import edition


class PublishError(Exception):
    """The report cannot be made as it stands; the message names the notebook, the cell and the fault."""


class Untranslated(PublishError):
    """An edition cannot be made because its catalogues lack something that the report says."""

    def __init__(self, faults: list[str]) -> None:
        count = f"{len(faults)} translation{'s' * (len(faults) > 1)}"
        head = f"The edition {edition.language()!r} lacks {count} (see CONTRIBUTING.md):"
        super().__init__("\n".join([head, *faults]))
        self.faults = faults

    def __reduce__(self) -> tuple:
        """Return how another process makes the same error."""
        return type(self), (self.faults,)


def refuse_unsaid(what: str) -> None:
    """Raise `Untranslated` when our own code just said something for which the edition has no translation."""
    if lacks := edition.untranslated():
        raise Untranslated([f"{what}: {message!r}" for message in lacks])
