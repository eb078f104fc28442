"""The tool that runs the browser's tests many times."""

from tools.soak import failures, main, soak

RED = """\
..F
=========================== short test summary info ============================
FAILED tests/browser/test_a.py::test_x[dark-1280] - AssertionError: assert 1 == 2
ERROR tests/browser/test_b.py::test_y
1 failed, 1 error in 3.21s
"""


def test_failures_are_read_by_name():
    names = ["tests/browser/test_a.py::test_x[dark-1280]", "tests/browser/test_b.py::test_y"]
    assert failures(RED) == names
    assert failures("2 passed in 1.00s") == []


def test_one_red_run_of_three_is_named_and_counts(capsys):
    runs = iter([(0, "3 passed in 1s"), (1, RED), (0, "3 passed in 1s")])
    assert soak(3, lambda: next(runs)) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" in ")[0] for line in lines[:2]] == ["1 of 3: green", "2 of 3: RED"]
    assert all(f"    {line}" in lines for line in RED.splitlines())
    assert "2 of 3 runs were green." in lines
    assert lines[-1] == "    1 times: tests/browser/test_b.py::test_y"


def test_a_run_that_never_comes_to_the_tests_shows_its_words(capsys):
    assert soak(1, lambda: (4, "ERROR: file or directory not found")) == 1
    assert "file or directory not found" in capsys.readouterr().out


def test_green_beside_busy_cores(tmp_path, capsys):
    (tmp_path / "test_one.py").write_text("def test_one(): pass\n", encoding="utf-8")
    flags = ["-p", "no:cacheprovider", f"--rootdir={tmp_path}", str(tmp_path)]
    assert main(["--runs", "1", "--workers", "0", "--busy", "--", *flags]) == 0
    assert "1 of 1 runs were green." in capsys.readouterr().out
