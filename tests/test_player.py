"""The player's Python face: any frame is a plain figure, and the payload holds them all."""

import asyncio
import gzip
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.types import Message

from lossviz.player import (
    Chart,
    Detail,
    Edit,
    Editing,
    Link,
    Links,
    Movie,
    Row,
    Share,
    Table,
    Track,
    pack,
    payload,
    read_edit,
    still,
    unpack,
)
from lossviz.ui import assets, server

F = 7
RNG = np.random.default_rng(0)
GROW = RNG.normal(size=F)
REPLACE = RNG.normal(size=(F, 4))
ONES = np.ones(4)
FIELD = RNG.normal(size=(3, 2, 5))
FIELD_FRAMES = np.array([0, 2, 5])


def movie(frames: int = F, **changes: Any) -> Movie:
    figure = go.Figure([go.Scatter(x=[9.0], y=[9.0]) for _ in range(3)])
    figure.add_heatmap(z=[[0.0]])
    whole: dict[str, Any] = {
        "charts": {"a": Chart(figure, "A")},
        "tracks": (
            Track("a", 0, "grow", x=np.arange(frames), y=np.resize(GROW, frames)),
            Track("a", 1, "replace", y=np.resize(REPLACE, (frames, 4))),
            Track("a", 2, "point", x=np.resize(GROW, frames)),
            Track("a", 3, "replace", z=FIELD, frames=FIELD_FRAMES),
        ),
        "steps": 10 * np.arange(frames),
    }
    return Movie(**{**whole, **changes})


@pytest.mark.parametrize("frame", range(F))
def test_a_still_is_the_arrays_at_that_frame(frame: int) -> None:
    figure: Any = still(movie(), frame)["a"]
    grow, replace, point, field = figure.data
    np.testing.assert_array_equal(grow.x, np.arange(frame + 1))
    np.testing.assert_array_equal(grow.y, GROW[: frame + 1])
    np.testing.assert_array_equal(replace.y, REPLACE[frame])
    np.testing.assert_array_equal(point.x, [GROW[frame]])
    expected = FIELD[0] if frame < 2 else FIELD[1] if frame < 5 else FIELD[2]
    np.testing.assert_array_equal(field.z, expected)


def test_a_still_leaves_what_does_not_move_and_the_movie_itself_alone() -> None:
    whole = movie()
    figures: list[Any] = [still(whole, 3)["a"], whole.charts["a"].figure]
    assert list(figures[0].data[1].x) == [9.0]
    assert list(figures[0].data[2].y) == [9.0]
    assert list(figures[1].data[0].x) == [9.0]


def test_a_still_has_the_words_of_its_frame() -> None:
    words = [[f"{k}", "still"] for k in range(F)]
    cells = [[["a", "b"]], [["c", "d"]]]
    tracks = (
        Track("a", 0, "replace", text=words),
        Track("a", 3, "replace", z=np.zeros((2, 1, 2)), text=cells, frames=np.array([0, 4])),
    )
    whole = movie(tracks=tracks)
    for frame, expected in [(0, [["a", "b"]]), (3, [["a", "b"]]), (6, [["c", "d"]])]:
        figure: Any = still(whole, frame)["a"]
        assert list(figure.data[0].text) == [f"{frame}", "still"]
        np.testing.assert_array_equal(figure.data[3].text, expected)


def test_bars_move_as_points_do() -> None:
    chart = Chart(go.Figure(go.Bar(x=["a", "b"], y=[0, 0])), "A")
    heights = np.arange(2 * F).reshape(F, 2)
    figure: Any = still(
        Movie({"a": chart}, (Track("a", 0, "replace", y=heights),), np.arange(F)), 3
    )
    np.testing.assert_array_equal(figure["a"].data[0].y, [6, 7])


@pytest.mark.parametrize("frame", [-1, F])
def test_a_still_outside_the_movie_is_an_error_with_the_range(frame: int) -> None:
    with pytest.raises(IndexError, match=rf"{frame} is outside 0\.\.6"):
        still(movie(), frame)


@pytest.mark.parametrize(
    "array",
    [REPLACE, np.arange(5), np.array([True, False]), np.arange(4, dtype=np.uint8), np.zeros(0)],
    ids=["float", "int", "bool", "byte", "empty"],
)
def test_arrays_survive_the_trip_to_float32_precision(array: np.ndarray) -> None:
    back = unpack(pack({"some": [array]}))["some"][0]
    np.testing.assert_allclose(back, array, rtol=6e-8)
    assert back.shape == array.shape


def test_numbers_beyond_any_screen_become_infinite_without_a_warning() -> None:
    values = unpack(pack({"y": np.array([1e150, np.nan, -1e150])}))["y"]
    assert values.tolist()[::2] == [np.inf, -np.inf]


def test_equal_arrays_travel_once() -> None:
    x = RNG.normal(size=500)
    once, twice, other = (len(pack({"x": x, "y": y})) for y in (None, x.copy(), x + 1))
    assert twice - once < 100 < 4 * x.size < other - once


def test_arrays_that_differ_in_shape_alone_stay_apart() -> None:
    back = unpack(pack({"x": REPLACE, "y": REPLACE.ravel()}))
    assert [back["x"].shape, back["y"].shape] == [(F, 4), (F * 4,)]


def test_what_cannot_travel_is_named() -> None:
    with pytest.raises(TypeError, match="JSON"):
        pack({"x": object()})


def test_the_payload_holds_every_track() -> None:
    chart = unpack(payload(movie(), run="r"))["charts"][0]
    assert [track["mode"] for track in chart["tracks"]] == ["grow", "replace", "point", "replace"]
    np.testing.assert_allclose(chart["tracks"][1]["y"], REPLACE, rtol=6e-8)
    assert chart["tracks"][3]["frames"] == FIELD_FRAMES.tolist()
    assert "x" not in chart["figure"]["data"][0]  # the track brings it


def test_the_payload_is_linear_in_the_frames() -> None:
    sizes = [len(payload(movie(frames), run="r")) for frames in (100, 200, 400)]
    assert (sizes[2] - sizes[1]) / (sizes[1] - sizes[0]) == pytest.approx(2, rel=0.05)


def test_a_cell_of_one_byte_travels_as_one_byte() -> None:
    field = RNG.integers(0, 256, (F, 30, 40)).astype(np.uint8)
    sizes = [
        len(payload(movie(tracks=(Track("a", 3, "replace", z=z),)), run="r"))
        for z in (field, np.zeros((F, 0, 0), np.uint8))
    ]
    assert sizes[0] - sizes[1] == pytest.approx(field.size, abs=50)


@pytest.mark.parametrize("count", [3, 300])
def test_each_word_travels_once(count: int) -> None:
    words = [[f"w{(k * j) % count}" for j in range(400)] for k in range(F)]
    packed = payload(movie(tracks=(Track("a", 0, "replace", text=words),)), run="r")
    text = unpack(packed)["charts"][0]["tracks"][0]["text"]
    assert len(set(text["words"])) == len(text["words"]) <= count
    assert [[text["words"][int(place)] for place in row] for row in text["places"]] == words
    assert b'"w2"' in packed
    assert packed.count(b'"w2"') == 1


def test_nothing_is_marked_and_no_row_can_be_chosen_unless_asked_for() -> None:
    marks = [{"label": "Best", "step": 20, "colour": "#0072b2"}]
    plain = unpack(payload(movie(), run="r"))
    asked = unpack(payload(movie(), run="r", marks=marks, choosable=True))
    assert (plain["marks"], plain["choosable"]) == ([], False)
    assert (asked["marks"], asked["choosable"]) == (marks, True)


def test_nan_in_a_figure_travels_as_null() -> None:
    chart = Chart(go.Figure(go.Scatter(y=[1.0, float("nan")])), "A")
    data = unpack(payload(Movie({"a": chart}, (), np.arange(2)), run="r"))
    assert data["charts"][0]["figure"]["data"][0]["y"] == [1.0, None]


def test_a_figure_travels_alike_as_a_figure_and_as_what_it_is_made_of() -> None:
    spec = {"data": [{"type": "scatter", "y": REPLACE[0]}], "layout": {"showlegend": False}}
    figure = go.Figure(spec).update_layout(template="none")
    parts = [
        unpack(payload(Movie({"a": Chart(drawing, "A")}, (), np.arange(2)), run="r"))["charts"][0]
        for drawing in (figure, spec)
    ]
    for part in parts:
        trace = part["figure"]["data"][0]
        np.testing.assert_allclose(trace["y"], REPLACE[0], rtol=6e-8)
        assert trace["type"] == "scatter"
        assert part["figure"]["layout"]["showlegend"] is False


def test_the_template_whose_colours_only_streamlit_replaces_is_left_out() -> None:
    layout = {"template": {"layout": {"colorway": ["#000001", "#000002"]}}}
    chart = Chart(go.Figure(go.Scatter(y=[1.0]), layout), "A")
    data = unpack(payload(Movie({"a": chart}, (), np.arange(2)), run="r"))
    figure = data["charts"][0]["figure"]
    assert "template" not in figure["layout"]


def test_words_in_a_table_are_run_length_coded() -> None:
    words = ["down"] * 3 + ["up"] * (F - 3)
    table = Table("T", ("run", "word", "value"), (Row("r", (words, GROW)),), spoken=("value",))
    coded = unpack(payload(movie(tables=(table,)), run="r"))["tables"][0]
    assert coded["rows"][0]["cells"][0] == {"words": ["down", "up"], "starts": [0, 3]}
    assert (coded["spoken"], coded["percent"]) == ([1], [])


def test_a_table_says_which_columns_are_shares_of_one() -> None:
    shares = Table("T", ("run", "loss", "share"), (Row("r", (GROW, GROW)),), percent=("share",))
    assert unpack(payload(movie(tables=(shares,)), run="r"))["tables"][0]["percent"] == [1]


@pytest.mark.parametrize(
    ("track", "words"),
    [
        (Track("b", 0, "grow", y=GROW), r"chart 'b'.*there are \['a'\]"),
        (Track("a", 4, "grow", y=GROW), r"trace 4.*4 traces"),
        (Track("a", 0, "grow"), "neither x, y, z nor text"),
        (Track("a", 0, "grow", text=[["a"]] * F), "text moves by replace only, not by grow"),
        (Track("a", 0, "replace", text=["a"] * F), r"\(7, m\).*'text': \(7,\)"),
        (Track("a", 0, "replace", y=REPLACE, text=[["a"]] * F), r"\(7, 4\).*'text': \(7, 1\)"),
        (Track("a", 0, "replace", text=[["a"], ["a", "b"]] * 3), r"\(7, m\).*'text': \(6,\)"),
        (Track("a", 0, "grow", y=GROW[:3]), r"chart 'a', trace 0.*\(7,\).*'y': \(3,\)"),
        (Track("a", 0, "replace", y=GROW), r"\(7, m\).*'y': \(7,\)"),
        (Track("a", 0, "replace", x=REPLACE[:, :2], y=REPLACE), r"\(7, 2\).*\(7, 4\)"),
        (Track("a", 0, "sweep", y=GROW), "'sweep'.*grow"),  # pyright: ignore[reportArgumentType]
        (Track("a", 0, "point", y=GROW, frames=np.arange(1, 8)), "rise from 0"),
        (Track("a", 0, "point", y=GROW[:2], frames=np.array([0, 9])), r"frame 9.*0\.\.6"),
    ],
)
def test_a_track_that_does_not_fit_is_named_with_its_shapes(track: Track, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        movie(tracks=(track,))


def test_a_trace_moves_in_one_way_only() -> None:
    with pytest.raises(ValueError, match="trace 0: the trace has a track already"):
        movie(tracks=(Track("a", 0, "grow", x=GROW), Track("a", 0, "grow", y=GROW)))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"steps": np.array([0, 2, 1])}, "rising"),
        ({"links": Links((Link("a", 9),))}, "link to chart 'a', trace 9"),
        (
            {"links": Links((), (Detail("MSE", "red", {"share": GROW}),))},
            r"details of 'MSE'.*\(7, n\).*\(7,\)",
        ),
        (
            {"links": Links((), (Detail("MSE", "red", {"part": Share("loss", ONES, GROW)}),))},
            r"details of 'MSE', 'part': no values 'loss'",
        ),
        (
            {
                "links": Links(
                    (),
                    (Detail("MSE", "red", {"a": REPLACE, "part": Share("a", GROW, ONES)}),),
                )
            },
            r"'part': totals and weights of shape \(4, 7\), not \(7, 4\)",
        ),
        ({"tables": (Table("T", ("run", "x"), (Row("MSE", ()),)),)}, "row 'MSE': 0 cells for 1"),
        ({"tables": (Table("T", ("run", "x"), (Row("MSE", (GROW[:2],)),)),)}, "2 values, not 7"),
        ({"tables": (Table("T", ("run", "x"), (), spoken=("y",)),)}, r"no columns \['y'\]"),
        ({"tables": (Table("T", ("run", "x"), (), percent=("run",)),)}, r"no columns \['run'\]"),
        (
            {"tables": (Table("T", ("run",), ()), Table("S", ("run",), (), spoken=("y",)))},
            r"no columns \['y'\]",
        ),
    ],
)
def test_parts_that_do_not_fit_are_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        movie(**changes)


def test_an_unknown_size_is_refused() -> None:
    with pytest.raises(ValueError, match="'huge' is neither"):
        payload(movie(), run="r", size="huge")


def get(path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body that the app's server object would answer with."""
    page = HTMLResponse("<html><head></head></html>", headers={"etag": '"old"'})
    routes = [
        *server.routes(),
        Route("/", lambda _: page),
        Route("/plain", lambda _: PlainTextResponse("<head>")),
    ]
    app = Starlette(routes=routes, middleware=server.middleware())
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "headers": raw, "query_string": b""}
    asyncio.run(app(scope, receive, send))
    answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], answered, b"".join(message["body"] for message in sent[1:])


@pytest.mark.parametrize("url", [assets.PLOTLY_URL, assets.PLAYER_URL, assets.STILL_URL])
def test_plotly_and_the_player_are_served_zipped_and_for_good(url: str) -> None:
    status, headers, body = get(f"/{url}", accept_encoding="gzip")
    assert (status, headers["content-encoding"]) == (200, "gzip")
    assert "immutable" in headers["cache-control"]
    assert gzip.decompress(body) == get(f"/{url}")[2]
    assert get(f"/{url}", if_none_match=headers["etag"])[0] == 304


def test_plotly_s_outermost_function_is_in_brackets() -> None:
    body = get(f"/{assets.PLOTLY_URL}")[2]
    assert b"self : this, (() => {" in body
    assert body.count(b"(") - body.count(b")") == (
        (plain := assets.PLOTLY.read_bytes()).count(b"(") - plain.count(b")")
    )


def test_a_plotly_that_is_put_together_otherwise_is_served_as_it_is(monkeypatch, tmp_path) -> None:
    other = tmp_path / "plotly.min.js"
    other.write_bytes(b"self : this, () => { twice: self : this, () => { return Plotly;\n}));")
    monkeypatch.setattr(assets, "PLOTLY", other)
    assert assets.content(other) == other.read_bytes()


@pytest.mark.parametrize("name", ["secrets.toml", "../movie.py", "..%2Fmovie.py", ""])
def test_only_the_player_s_own_files_are_served(name: str) -> None:
    assert get(f"/{assets.PLAYER_FOLDER}/{name}")[0] == 404


def test_the_page_has_the_scripts_fetched_early() -> None:
    _, headers, body = get("/", accept="text/html", accept_encoding="gzip")
    assert f'as="script" fetchpriority="high" href="./{assets.PLOTLY_URL}"'.encode() in body
    assert f'"./{assets.PLAYER_URL}"'.encode() in body
    assert f'"./{assets.STILL_URL}"'.encode() in body
    assert int(headers["content-length"]) == len(body)
    assert "etag" not in headers


def test_what_is_not_a_page_is_left_alone() -> None:
    assert get("/plain", accept="text/html")[2] == b"<head>"


EDIT = {"kind": "drag", "chart": "a", "row": 3, "x": 1.5, "y": -2.0, "n": 7}


@pytest.mark.parametrize("kind", ["drag", "drop", "remove", "mark"])
def test_an_edit_of_a_point_is_read(kind: str) -> None:
    assert read_edit({**EDIT, "kind": kind}) == Edit(kind, "a", 3, x=1.5, y=-2.0, n=7)  # pyright: ignore[reportArgumentType]


def test_an_added_point_has_no_row_and_whole_numbers_are_numbers() -> None:
    edit = read_edit({**EDIT, "kind": "add", "row": None, "x": 2})
    assert edit == Edit("add", "a", None, x=2.0, y=-2.0, n=7)
    assert edit is not None
    assert type(edit.x) is float


@pytest.mark.parametrize(
    "value",
    [
        None,
        "drag",
        3,
        [],
        [EDIT],
        {},
        {**EDIT, "more": 1},
        {name: value for name, value in EDIT.items() if name != "n"},
        *(
            {**EDIT, name: value}
            for name, values in {
                "kind": ["", "DRAG", "add", "sweep", None, [], {}, ["drag"]],
                "chart": [None, 3, ["a"], b"a"],
                "row": [None, -1, 1.0, True, "3", 2**60, [3], float("nan")],
                "x": [None, True, "1", float("nan"), float("inf"), 10**400, -(2**60), [1.0]],
                "y": [None, False, "1", float("-inf"), 10**400, {}],
                "n": [None, -1, 1.5, True, "7", 2**60],
            }.items()
            for value in values
        ),
    ],
    ids=repr,
)
def test_anything_else_is_no_edit(value: object) -> None:
    assert read_edit(value) is None


def test_editing_travels_and_is_off_unless_asked_for() -> None:
    whole = movie(tracks=(), links=Links((Link("a", 0),)))
    assert unpack(payload(whole, run="r"))["editing"] is None
    editing = Editing("drag", ("a",), answered=1_795_000_000_000)
    told = {"mode": "drag", "charts": ["a"], "answered": 1_795_000_000_000}
    assert unpack(payload(whole, run="r", editing=editing))["editing"] == told


@pytest.mark.parametrize(
    ("links", "editing", "words"),
    [
        (Links((Link("a", 0),)), Editing("drag", ("b",)), r"no chart 'b'; there are \['a'\]"),
        (Links((Link("a", 0),)), Editing("mark", ("a",)), "'a' has no linked points that stand"),
        (None, Editing("remove", ("a",)), "'a' has no linked points that stand still"),
    ],
)
def test_points_that_nobody_could_edit_are_refused(
    links: Links | None, editing: Editing, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        payload(movie(links=links), run="r", editing=editing)


def test_points_can_be_added_where_there_are_none() -> None:
    packed = payload(movie(links=None), run="r", editing=Editing("add", ("a",)))
    assert unpack(packed)["editing"]["mode"] == "add"


def test_an_unknown_way_to_edit_is_refused() -> None:
    with pytest.raises(ValueError, match="'swap' is none of"):
        Editing("swap", ("a",))  # pyright: ignore[reportArgumentType]
