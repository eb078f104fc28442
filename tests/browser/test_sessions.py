"""Sessions that ask for more while the server still runs, as a browser with a quick hand does.

They speak Streamlit's protocol themselves: what matters here is when a message comes.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

LONG = "data=diabetes&loss=barron&model=polynomial&lr=0.01&steps=20000"
PATIENCE = 30.0  # seconds for all that a session waits for


@contextmanager
def session(url: str) -> Iterator[ClientConnection]:
    address = url.replace("http", "ws", 1) + "/_stcore/stream"
    with connect(address, subprotocols=["streamlit"], max_size=None, proxy=None) as socket:
        yield socket


def ask(socket: ClientConnection, query: str = "") -> None:
    message = BackMsg()
    message.rerun_script.query_string = query
    socket.send(message.SerializeToString())


def answers(socket: ClientConnection, *, rest: float) -> Iterator[ForwardMsg]:
    """What the server says, until it has said nothing for `rest` seconds after a run's end."""
    until, is_over = time.monotonic() + PATIENCE, False
    while time.monotonic() < until:
        try:
            answer = ForwardMsg.FromString(socket.recv(timeout=rest))
        except TimeoutError:
            if is_over:
                return
            continue
        if answer.WhichOneof("type") == "script_finished":
            is_over = True
        elif answer.WhichOneof("type") == "new_session":
            is_over = False
        yield answer
    pytest.fail("the server did not come to rest")


def faults(said: Sequence[ForwardMsg]) -> list[str]:
    return [
        f"{each.delta.new_element.exception.type}: {each.delta.new_element.exception.message}"
        for each in said
        if each.delta.new_element.WhichOneof("type") == "exception"
    ]


def test_a_session_runs_its_script_once_at_a_time(serve):
    with session(serve("tests/browser/slow.py")) as socket:
        for _ in range(4):
            ask(socket)
            time.sleep(0.05)
        said = list(answers(socket, rest=1))
    texts = [each.delta.new_element.text.body for each in said if each.delta.new_element.text.body]
    assert set(texts) == {"1 at a time"}
    assert faults(said) == []


def test_changes_while_training_goes_on_never_meet_it_half_way(app_url):
    with session(app_url) as socket:
        ask(socket, LONG)
        said = list(answers(socket, rest=0.2))
        for number in range(12):
            ask(socket, f"{LONG}&view.scale={('log', 'linear')[number % 2]}")
            time.sleep(0.03 + 0.01 * number)
        said += answers(socket, rest=0.5)
    assert faults(said) == []
