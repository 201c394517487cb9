"""A port that was handed out stays with who asked for it."""

from __future__ import annotations

import socket

import pytest

from lianqin.local.processes import free_port


def test_nobody_else_is_given_it_and_a_server_that_names_it_is() -> None:
    port = free_port()

    with socket.socket() as other, pytest.raises(OSError, match="Address already in use"):
        other.bind(("127.0.0.1", port))

    for _start in range(2):  # Once, and again after it was stopped.
        with socket.create_server(("127.0.0.1", port)), socket.create_connection(("127.0.0.1", port)):
            pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
