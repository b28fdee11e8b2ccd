"""What JSON looks like, values aside."""


def shape_of(value: object) -> object:
    """Members in their order and the kinds of their values; every number of a float is told as float."""
    if isinstance(value, dict):
        return [(name, shape_of(member)) for name, member in value.items()]
    if isinstance(value, list):
        return [shape_of(item) for item in value]
    return type(value).__name__
