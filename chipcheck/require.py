"""What the arguments of a formula must be, or a `ValueError` that names the argument and its value."""


def positive(**values: float) -> None:
    """Raise `ValueError` for a value that is not above zero; a missing one included."""
    for name, value in values.items():
        if not value > 0:
            raise ValueError(f"{name} must be positive, not {value}")


def ratio(**values: float) -> None:
    """Raise `ValueError` for a value that does not lie from 0 to 1; a missing one included."""
    for name, value in values.items():
        if not 0 <= value <= 1:
            raise ValueError(f"{name} is a ratio from 0 to 1, not {value}")
