"""News from other rooms that orders act on."""


def connect() -> None:
    """Nothing is heard yet; health facts are registered where they are told."""
