"""Faults that are planted: those of the list still stand in the code, and new ones can be drawn."""

from collections import Counter

import pytest

from tools import mutate

FAULTS = mutate.listed()


def test_the_list_is_of_many_rooms_and_two_a_file_at_most():
    files = Counter(fault.file for fault in FAULTS)
    assert len(FAULTS) >= 40
    assert max(files.values()) <= mutate.MOST_A_FILE
    rooms = {
        path.parent.relative_to(mutate.ROOT).as_posix()
        for path in mutate.PACKAGE.rglob("*.py")
        if not path.name.startswith("__")
    }
    assert rooms - {file.rpartition("/")[0] for file in files} == set()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.file)
def test_a_listed_fault_can_be_planted_and_names_its_tests(fault):
    text = (mutate.ROOT / fault.file).read_text(encoding="utf-8")
    planted = fault.planted(text)
    assert planted != text
    assert fault.becomes in planted
    for test in fault.tests:
        path, _, name = test.partition("::")
        assert name.partition("[")[0] in (mutate.ROOT / path).read_text(encoding="utf-8")
    assert fault.tests


def test_faults_are_drawn_alike_from_a_seed_and_can_be_read():
    faults = mutate.drawn(60, seed=1)
    assert faults == mutate.drawn(60, seed=1) != mutate.drawn(60, seed=2)
    assert max(Counter(fault.file for fault in faults).values()) <= mutate.MOST_A_FILE
    assert {"py", "js"} == {fault.file.rpartition(".")[2] for fault in faults}


def test_a_fault_is_seen_by_the_test_that_fails_with_it(tmp_path):
    code, test = tmp_path / "code.py", tmp_path / "test_code.py"
    code.write_text("def double(x):\n    return 2 * x\n", encoding="utf-8")
    test.write_text(
        "from code_ import double\n\n\ndef test_it():\n    assert double(2) == 4\n",
        encoding="utf-8",
    )
    code = code.rename(tmp_path / "code_.py")
    (tmp_path / "conftest.py").write_text("", encoding="utf-8")
    seen = mutate.Fault("code_.py", "return 2 * x", "return 3 * x", ("test_code.py",))
    same = mutate.Fault("code_.py", "return 2 * x", "return x * 2", ("test_code.py",))
    assert mutate.killer(seen, tmp_path) == "test_code.py::test_it"
    assert mutate.killer(same, tmp_path) == ""
    assert code.read_text(encoding="utf-8").endswith("return 2 * x\n")


@pytest.mark.parametrize("text", ["", "a\nb\na\n"], ids=["gone", "twice"])
def test_a_line_that_is_not_there_once_is_told(text):
    with pytest.raises(LookupError, match=r"code\.py: \d lines are 'a'"):
        mutate.Fault("code.py", "a", "b").planted(text)


def test_entries_can_be_read_again():
    import tomllib

    fault = mutate.Fault("a.py", "x = 'it' + \"s\"", "x = 'it' - \"s\"")
    [read] = tomllib.loads(mutate.entry(fault, "tests/test_a.py"))["fault"]
    assert read == {
        **{key: getattr(fault, key) for key in ("file", "line", "becomes")},
        "tests": ["tests/test_a.py"],
    }


def test_the_player_s_own_modules_meet_the_tests_that_node_runs():
    assert mutate.near("lossviz/player/js/keys.js") == ["tests/test_javascript.py"]
