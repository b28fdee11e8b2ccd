import os

from bonaface.serving.processes.networks import open_networks, read_networks, write_networks


def test_what_is_written_is_read_also_by_another_descriptor() -> None:
    with open_networks() as file, os.fdopen(os.dup(file.fileno()), "r+b") as other:
        assert read_networks(other) == {}
        write_networks(file, {"a": b"long" * 100_000, "b": b""})
        assert read_networks(other) == {"a": b"long" * 100_000, "b": b""}
        write_networks(other, {"c": b"1"})
        assert read_networks(file) == {"c": b"1"}


def test_what_was_not_finished_is_nothing() -> None:
    with open_networks() as file:
        write_networks(file, {"a": b"long" * 100_000})
        file.truncate(100_000)
        assert read_networks(file) == {}
