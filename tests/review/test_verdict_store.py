"""The file of verdicts: what is kept, and that nothing of it is lost."""

from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from verdict_builders import WHEN, film_of, full_verdict, make_store, make_verdict

from training.errors import UserError
from xray_desktop import paths
from xray_desktop.review.identity import sha256_of
from xray_desktop.review.schema import MIGRATIONS
from xray_desktop.review.store import VerdictStore, current_of
from xray_desktop.review.verdicts import Mark, ModelAnswer, Opinion

LATER = (*MIGRATIONS, ("ALTER TABLE verdict ADD COLUMN mood TEXT",))


def ask(file: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(query).fetchall()


def test_that_every_part_of_a_verdict_comes_back(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    given = (full_verdict(), make_verdict(1, opinion=Opinion.UNSURE))
    for verdict in given:
        store.add(verdict)
    assert store.history() == given
    assert store.history(film_of(1)) == given[1:]


def test_that_the_file_of_the_user_lies_in_the_users_folder(user_home: Path) -> None:
    assert paths.verdicts_file() == user_home / "verdicts.sqlite"


def test_that_a_new_verdict_leaves_the_old_and_the_last_is_current(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    first, second = make_verdict(), make_verdict(opinion=Opinion.UNSURE)
    other = make_verdict(reader="Reader 2", opinion=Opinion.NO_FRACTURE)
    for verdict in (first, second, other):
        store.add(verdict)
    history = store.history(film_of(0))
    assert history == (first, second, other)
    assert current_of(history, "Reader 1") == second
    assert current_of(history, "Reader 2") == other
    assert current_of(history, "Reader 3") is None


def test_that_a_verdict_written_twice_after_a_failure_is_kept_once(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    verdict = make_verdict()
    store.add(verdict)
    store.add(verdict)
    assert store.history() == (verdict,)


def test_that_times_are_kept_in_utc(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    india = timezone(timedelta(hours=5, minutes=30))
    store.add(make_verdict(given_at=datetime(2026, 11, 24, 15, 0, 0, 123_456, india)))
    [(kept,)] = ask(tmp_path / "verdicts.sqlite", "SELECT given_at FROM verdict")
    assert kept == "2026-11-24T09:30:00.123+00:00"
    assert store.history()[0].given_at == WHEN


def test_that_a_late_answer_of_the_model_is_added_once(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    verdict = make_verdict()
    store.add(verdict)
    answer = ModelAnswer("run 1, best", 0.8, 0.5, Opinion.FRACTURE)
    store.add_answer(verdict.token, answer)
    store.add_answer(verdict.token, replace(answer, score=0.1))
    assert store.history() == (replace(verdict, answer=answer),)


def test_that_a_value_out_of_range_is_refused_whole(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    with pytest.raises(sqlite3.IntegrityError):
        store.add(make_verdict(seconds=-1.0))
    assert store.history() == ()
    assert ask(tmp_path / "verdicts.sqlite", "SELECT * FROM film") == []


def test_that_a_film_is_known_by_its_bytes_wherever_it_lies(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    film = tmp_path / "a" / "wrist.png"
    film.parent.mkdir()
    film.write_bytes(b"one film")
    verdict = make_verdict(film=sha256_of(film), opinion=Opinion.NO_FRACTURE)
    store.add(verdict, film)
    assert store.signs([film], "Reader 1") == {film: Opinion.NO_FRACTURE}
    assert store.signs([film], "Reader 2") == {}
    moved = tmp_path / "moved.png"
    film.rename(moved)
    # A list never reads the films; the one that is opened is known again.
    assert store.signs([film, moved], "Reader 1") == {}
    assert store.film_at(moved) == verdict.film
    assert store.signs([film, moved], "Reader 1") == {moved: Opinion.NO_FRACTURE}


def test_that_a_file_with_other_bytes_has_no_verdict(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    film = tmp_path / "wrist.png"
    film.write_bytes(b"one film")
    store.add(make_verdict(film=sha256_of(film)), film)
    film.write_bytes(b"quite another film")
    assert store.signs([film], "Reader 1") == {}
    assert store.history(store.film_at(film)) == ()


def test_that_the_log_is_written_ahead_and_flushed_at_each_commit(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    with store._open() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


_CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from verdict_builders import make_verdict
from xray_desktop.review.store import VerdictStore
store = VerdictStore(Path(sys.argv[2]))
number = 0
while True:
    store.add(make_verdict(number))
    print(number, flush=True)
    number += 1
"""


@pytest.mark.slow
def test_that_nothing_reported_is_lost_to_a_kill(tmp_path: Path) -> None:
    file = tmp_path / "verdicts.sqlite"
    reported = 0
    for num_lines in (1, 2, 7):
        make_store(tmp_path)
        before = len(VerdictStore(file).history())
        child = subprocess.Popen(
            [sys.executable, "-c", _CHILD, str(Path(__file__).parent), str(file)],
            stdout=subprocess.PIPE,
        )
        assert child.stdout is not None
        with child.stdout:
            for _ in range(num_lines):
                assert child.stdout.readline()
            child.kill()  # SIGKILL
        child.wait(10)
        reported += num_lines
        store = VerdictStore(file)
        assert store.prepare() == ""
        # One more may have been written that it had no time to report.
        assert len(store.history()) >= before + num_lines
    assert len(store.history()) >= reported


def test_that_two_threads_can_write_at_once(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: store.add(make_verdict(number)), range(40)))
    assert sorted(v.film for v in store.history()) == sorted(map(film_of, range(40)))


@pytest.mark.parametrize("how", ["words", "middle"])
def test_that_a_damaged_file_is_put_aside_and_never_deleted(
    tmp_path: Path, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = make_store(tmp_path)
    for number in range(200):
        store.add(make_verdict(number, note="x" * 200))
    file = tmp_path / "verdicts.sqlite"
    content = bytearray(file.read_bytes())
    middle = slice(0, 64) if how == "words" else slice(4096, len(content) - 4096)
    content[middle] = b"\xaa" * len(content[middle])
    file.write_bytes(content)
    with caplog.at_level(logging.ERROR):
        remark = VerdictStore(file).prepare()
    [aside] = [path for path in tmp_path.iterdir() if "damaged" in path.name]
    assert aside.name in remark
    assert aside.read_bytes() == content
    assert VerdictStore(file).history() == ()
    assert str(tmp_path) not in caplog.text
    VerdictStore(file).add(make_verdict())
    assert VerdictStore(file).prepare() == ""


def test_that_a_file_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    store = VerdictStore(tmp_path / "verdicts.sqlite", LATER)
    store.prepare()
    store.add(make_verdict())
    with pytest.raises(UserError, match="newer version"):
        make_store(tmp_path)
    assert len(store.history()) == 1


def test_that_a_file_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "verdicts.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE songs (name TEXT)")
    with pytest.raises(UserError, match="another program"):
        VerdictStore(file).prepare()
    assert ask(file, "SELECT count(*) FROM songs") == [(0,)]


def test_that_a_migration_keeps_the_verdicts_and_a_copy_of_the_file(tmp_path: Path) -> None:
    old = make_store(tmp_path)
    old.add(full_verdict())
    kept = old.history()
    new = VerdictStore(tmp_path / "verdicts.sqlite", LATER)
    assert new.prepare() == ""
    assert new.history() == kept
    assert ask(tmp_path / "verdicts.sqlite", "PRAGMA user_version") == [(len(LATER),)]
    [copy] = [path for path in tmp_path.iterdir() if f"version {len(MIGRATIONS)}" in path.name]
    assert ask(copy, "PRAGMA user_version") == [(len(MIGRATIONS),)]
    assert VerdictStore(copy).history() == kept
    assert new.prepare() == ""
    assert len([path for path in tmp_path.iterdir() if "version" in path.name]) == 1


def test_that_a_mark_of_the_first_version_lies_on_the_first_frame(tmp_path: Path) -> None:
    file = tmp_path / "verdicts.sqlite"
    VerdictStore(file, MIGRATIONS[:1]).prepare()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("INSERT INTO film (id, sha256) VALUES (1, ?)", (film_of(0),))
        connection.execute(
            "INSERT INTO verdict (token, film_id, file_name, reader, given_at, opinion, mark_x,"
            " mark_y, mark_width, mark_height, seconds, score_seen) VALUES ('t', 1, 'a.png', 'R',"
            " '2026-11-01T08:00:00+00:00', 'fracture', 3, 4, 0, 0, 1, 0)"
        )
        connection.commit()
    [verdict] = make_store(tmp_path).history()
    assert verdict.mark == Mark(3.0, 4.0, frame=0)


def test_that_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    make_store(tmp_path).add(make_verdict())
    broken = (*MIGRATIONS, ("ALTER TABLE verdict ADD COLUMN mood TEXT", "ALTER TABLE nothing"))
    with pytest.raises(UserError):
        VerdictStore(tmp_path / "verdicts.sqlite", broken).prepare()
    store = make_store(tmp_path)
    assert len(store.history()) == 1
    columns = ask(tmp_path / "verdicts.sqlite", "SELECT name FROM pragma_table_info('verdict')")
    assert ("mood",) not in columns


def test_that_a_disk_that_refuses_is_told_in_words(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    file = tmp_path / "verdicts.sqlite"
    for part in tmp_path.iterdir():
        part.unlink()
    file.mkdir()
    with pytest.raises(UserError, match="cannot be opened"):
        store.add(make_verdict())
    with pytest.raises(UserError, match="cannot be read"):
        store.film_at(tmp_path / "no such film.png")
