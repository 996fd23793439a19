"""What can go wrong between an executed notebook and the finished report."""


class PublishError(Exception):
    """The report cannot be made as it stands; the message names the notebook, the cell and the fault."""
