"""What ``--self-test`` keeps of readers and reads back. Used by ``self_test`` alone.

Both write below ``XRAY_DESKTOP_HOME``, which the self-test has pointed into its own folder.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from xray_desktop import paths
from xray_desktop.self_test_films import hold


def keep_verdict(film: Path) -> None:
    """Give a verdict on a film, and raise ``SelfTestError`` where it is not there afterwards."""
    from xray_desktop.review.store import VerdictStore
    from xray_desktop.review.verdicts import Mark, Opinion, Verdict

    store = VerdictStore(paths.verdicts_file())
    remark = store.prepare()
    hold(not remark, remark)
    given = Verdict(
        film=store.film_at(film),
        file_name=film.name,
        opinion=Opinion.UNSURE,
        reader="Prüferin",
        given_at=datetime(2026, 11, 25, 12, 0, tzinfo=UTC),
        note="Selbsttest, 骨折?",
        mark=Mark(10.0, 20.0, 5.0, 5.0),
    )
    store.add(given, film)
    read = VerdictStore(paths.verdicts_file()).history(given.film)
    hold(read == (given,), f"{len(read)} verdicts, or another one than was given")


def keep_measurement(film: Path) -> None:
    """Measure a length on a film, and raise ``SelfTestError`` where it is not there afterwards."""
    from xray_desktop.review.identity import sha256_of
    from xray_desktop.state.measure_book import Sheet
    from xray_desktop.state.measure_store import MeasureStore
    from xray_desktop.state.measurements import Kind, Measurement

    drawn = Sheet((Measurement(Kind.LENGTH, ((1.0, 2.0), (30.0, 40.0))),))
    key = sha256_of(film)
    MeasureStore(paths.measurements_folder()).keep(key, film, drawn, None, None)
    read, remark = MeasureStore(paths.measurements_folder()).load(key)
    hold(not remark, remark)
    hold(read == drawn, "the measurement is another one than was drawn")
