"""Time and memory of check, import, report, split and opening rows, on generated support-desk rows of 590 bytes.

    python -m tests.benchmarks.data_scale 10000 100000 1000000

Each step runs in a process of its own, so that its peak memory is its own. 5 % of the rows are exact copies, 10 %
copies with a few words changed, 20 % share a template with slots; the rest are sentences of random words.
"""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import orjson

_WORDS = [
    f"{first}{last}"
    for first in ("ka", "lo", "mi", "ner", "pos", "ru", "sta", "ve")
    for last in (
        "bel",
        "dor",
        "fin",
        "gan",
        "hil",
        "jut",
        "kor",
        "lam",
        "mus",
        "nat",
        "pel",
        "quin",
        "rad",
        "sol",
        "tir",
    )
]
_LABELS = ("billing", "delivery", "returns", "account")


def _rows(count: int) -> Iterator[dict[str, object]]:
    random = Random(7)
    words = [one + other for one in _WORDS for other in random.sample(_WORDS, 40)]
    templates = [[random.choice(words) for _ in range(25)] for _ in range(max(20, count // 500))]
    kept: list[list[str]] = []
    for number in range(count):
        draw = random.random()
        if draw < 0.15 and kept:
            text = list(random.choice(kept))
            for _ in range(0 if draw < 0.05 else random.randint(1, 3)):
                text[random.randrange(len(text))] = random.choice(words)
        elif draw < 0.35:
            text = [random.choice(words) if random.random() < 0.3 else word for word in random.choice(templates)]
        else:
            text = [random.choice(words) for _ in range(random.randint(15, 60))]
        if len(kept) < 20_000:
            kept.append(text)
        label = _LABELS[hash_of(text) % len(_LABELS)]
        answer = orjson.dumps({"desk": label, "words": len(text)}).decode()
        yield {
            "messages": [
                {"role": "system", "content": "You sort help-desk tickets."},
                {"role": "user", "content": " ".join(text)},
                {"role": "assistant", "content": answer},
            ],
            "ticket": number,
        }


def hash_of(text: list[str]) -> int:
    """A label that follows from the text, the same in every process."""
    return sum(map(ord, text[0]))


def _generate(folder: Path, count: int) -> None:
    with open(folder / "rows.jsonl", "wb") as file:
        for row in _rows(count):
            file.write(orjson.dumps(row) + b"\n")


def _import(folder: Path, count: int) -> None:
    from engine.data.importing import import_files
    from engine.data.mapping import Mapping
    from engine.data.prepare import find_sources
    from engine.project import Project

    mapping = Mapping(category="desk")
    project = Project.create(folder / "project")
    version = import_files(find_sources([folder / "rows.jsonl"], mapping), mapping, project.data)
    project.set("data", {"version": version.name})


def _report(folder: Path, count: int) -> None:
    from engine.data.report import make_report
    from engine.project import Project

    report = make_report(Project.open(folder / "project"))
    print(f"  {', '.join(f'{one.rule} {one.count:,}' for one in report.findings)}", file=sys.stderr)


def _check(folder: Path, count: int) -> None:
    from engine.data.check import check
    from engine.data.mapping import Mapping
    from engine.data.prepare import find_sources

    mapping = Mapping(category="desk")
    report = check(find_sources([folder / "rows.jsonl"], mapping), mapping)
    print(f"  {report['duplicates']}, {report['conflicts']}", file=sys.stderr)


def _split(folder: Path, count: int) -> None:
    from engine.data.splitting import split
    from engine.data.versions import open_version

    data = folder / "project" / "data"
    made = split(open_version(data / "v1"), data, seed=0)
    print(f"  {made.counts} in {made.groups} groups; proof: {made.proof.text}", file=sys.stderr)


def _open(folder: Path, count: int) -> None:
    from engine.data.report import saved_report
    from engine.data.versions import open_version
    from engine.project import Project

    project = Project.open(folder / "project")
    started = time.perf_counter()
    report = saved_report(project)
    assert report is not None
    risky = report.risky()
    seen = [*report.members(report.findings[0].rule)[-1:], *report.flags(risky[0])]
    reported = time.perf_counter() - started
    print(f"  report with {len(risky):,} risky rows: {1e3 * reported:.2f} ms; seen {len(seen)}", file=sys.stderr)
    started = time.perf_counter()
    version = open_version(project.version_folder("v2"))
    opened = time.perf_counter() - started
    random, seconds = Random(1), []
    for _ in range(1000):
        started = time.perf_counter()
        version.row(random.randrange(len(version)))
        seconds.append(time.perf_counter() - started)
    print(f"  open {1e3 * opened:.2f} ms; a row {1e6 * sorted(seconds)[500]:.0f} us (median of 1000)", file=sys.stderr)


_STEPS = {
    "generate": _generate,
    "check": _check,
    "import": _import,
    "report": _report,
    "split": _split,
    "open": _open,
}


def main(arguments: list[str]) -> None:
    if arguments[0] in _STEPS:
        started = time.perf_counter()
        _STEPS[arguments[0]](Path(arguments[1]), int(arguments[2]))
        seconds, count = time.perf_counter() - started, int(arguments[2])
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        times = f"{seconds:8.1f} s ({time.process_time():.1f} s of CPU) {count / seconds:10,.0f} rows/s"
        print(f"{arguments[0]:>8} {count:>9,} rows {times} {peak:7,.0f} MB peak", flush=True)
        return
    for size in arguments:
        with tempfile.TemporaryDirectory() as folder:
            for step in _STEPS:
                subprocess.run([sys.executable, "-m", "tests.benchmarks.data_scale", step, folder, size], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
