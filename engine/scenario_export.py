"""Cases as tables for other programs: CSV files for a spreadsheet, Markdown for a page, written by pandas."""

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from engine.costing.case import Case
from engine.costing.found import Found, found
from engine.costing.lines import lines
from engine.costing.values import said
from engine.costing.verdict import verdict
from engine.costs.levers import LEVERS
from engine.durable import write_atomic
from engine.errors import UsageError
from engine.providers.figures import Figure, Source
from engine.providers.telling import told
from engine.safe_text import one_line

if TYPE_CHECKING:
    import pandas

Rows = list[dict[str, Any]]
MARKDOWN = "cost.md"
Format = Literal["all", "csv", "markdown"]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a text that begins so for a formula, which may fetch and run what it likes."""


def export(
    cases: Sequence[Case],
    folder: Path,
    *,
    replace: bool = False,
    format: Format = "all",  # noqa: A002 - as the flag
) -> tuple[Path, ...]:
    """Writes figures, months, levers and prices of `cases` as CSV, and all as one Markdown page, or one of the
    two; the files written.

    Raises UsageError when one of them is there already, unless `replace`, and as found() does; ResourceError when the
    disk refuses.
    """
    paths = [folder / name for name in file_names(format)]
    _check(folder, paths, replace)
    from pandas import DataFrame

    results = [(case, found(case)) for case in cases]
    tables = {name: DataFrame(rows(results)) for name, (_, rows) in _TABLES.items()}
    for path in paths:
        page = path.name == MARKDOWN
        text = _page(results, tables) if page else tables[path.name].to_csv(index=False, lineterminator="\n")
        write_atomic(path, text.encode("utf-8"))
    return tuple(paths)


def file_names(format: Format) -> tuple[str, ...]:  # noqa: A002 - as the flag
    """What an export writes."""
    return {"all": (*_TABLES, MARKDOWN), "csv": (*_TABLES,), "markdown": (MARKDOWN,)}[format]


def _check(folder: Path, paths: Sequence[Path], replace: bool) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError("not a folder", hint="name a folder; it is made when it is not there", where=str(folder))
    there = [path.name for path in paths if path.exists()]
    if there and not replace:
        hint = "name another folder, or add --replace"
        raise UsageError(f"there already: {', '.join(there)}", hint=hint, where=str(folder))


def _name(case: Case) -> str:
    return _outside(case.scenario.name or "now")


def _outside(text: str) -> str:
    """Text that we have not written, as a cell."""
    said = one_line(text)
    return f"'{said}" if said.startswith(_FORMULA) else said


def _figures(results: Sequence[tuple[Case, Found]]) -> Rows:
    return [
        {
            "scenario": _name(case),
            "figure": line.name,
            "value": _finite(line.value),
            "unit": line.unit,
            "said": line.said,
        }
        for case, result in results
        for line in lines(result)
    ]


def _months(results: Sequence[tuple[Case, Found]]) -> Rows:
    return [
        {"scenario": _name(case), "month": one.month, "tuned_usd": one.tuned, "baseline_usd": one.baseline}
        for case, result in results
        for one in result.months
    ]


def _levers(results: Sequence[tuple[Case, Found]]) -> Rows:
    return [
        {
            "scenario": _name(case),
            "lever": lever.name,
            "value": value.value if value.found else None,
            "said": said(lever, value),
            "origin": value.origin,
            "reason": _outside(value.reason),
            **_source(value.source, case),
        }
        for case, _ in results
        for lever in LEVERS
        for value in (case.values[lever.name],)
    ]


def _prices(results: Sequence[tuple[Case, Found]]) -> Rows:
    return [
        {
            "scenario": _name(case),
            "price": _outside(price.name),
            "id": _outside(price.id),
            "field": price.field,
            "amount": told(price.figure),
            **_source(price.figure.source if isinstance(price.figure, Figure) else None, case),
        }
        for case, _ in results
        for price in case.prices
    ]


def _source(source: Source | None, case: Case) -> dict[str, Any]:
    if source is None:
        return {"source": "", "as_of": "", "confidence": "", "age_days": None, "stale": ""}
    return {
        "source": _outside(source.text),
        "as_of": source.as_of.isoformat(),
        "confidence": source.confidence,
        "age_days": source.age_days(case.today),
        "stale": "stale" if source.is_stale(case.today) else "",
    }


_TABLES: dict[str, tuple[str, Callable[[Sequence[tuple[Case, Found]]], Rows]]] = {
    "cost-figures.csv": ("Figures", _figures),
    "cost-months.csv": ("Cost by the end of each month, USD", _months),
    "cost-levers.csv": ("Levers", _levers),
    "cost-prices.csv": ("Prices", _prices),
}


def _finite(value: float) -> float | None:
    """A cell is left empty for what is never reached; `said` says so."""
    return value if math.isfinite(value) else None


def _page(results: Sequence[tuple[Case, Found]], tables: "dict[str, pandas.DataFrame]") -> str:
    return "\n".join(_paragraphs(results, tables)) + "\n"


def _paragraphs(results: Sequence[tuple[Case, Found]], tables: "dict[str, pandas.DataFrame]") -> Iterator[str]:
    yield "# What tuning costs, and what it saves\n"
    for case, result in results:
        arms = f"{case.tuned.name} at {case.destination.name} against {case.baseline.name}"
        yield f"## {_escaped(_name(case))}\n\n{_escaped(arms)}, as of {case.today}.\n"
        yield from (f"- {_escaped(sentence)}" for sentence in verdict(case, result))
        yield from (f"- {note.severity}: {_escaped(note.text)}" for note in case.notes)
        yield ""
    for name, table in {**tables, "cost-figures.csv": _side_by_side(results)}.items():
        yield f"## {_TABLES[name][0]}\n\n{_markdown(table)}\n"


def _side_by_side(results: Sequence[tuple[Case, Found]]) -> "pandas.DataFrame":
    """A row a figure, a column a scenario, also where two have one name."""
    from pandas import DataFrame

    rows = [
        [alike[0].label, *(line.said for line in alike)]
        for alike in zip(*(lines(one) for _, one in results), strict=True)
    ]
    return DataFrame(rows, columns=["figure", *(_name(case) for case, _ in results)])


def _markdown(table: "pandas.DataFrame") -> str:
    table = table.drop(columns="value") if "said" in table else table
    texts = table.astype(object).where(table.notna(), "").map(_cell).rename(columns=_escaped)
    return str(texts.to_markdown(index=False, disable_numparse=True))


def _cell(value: Any) -> str:
    return f"{value:,.2f}".removesuffix(".00") if isinstance(value, float) else _escaped(str(value))


def _escaped(text: str) -> str:
    """`text` as Markdown shows it: nothing in it is a table's border, a link, or HTML."""
    for sign in "\\|<[*`":
        text = text.replace(sign, f"\\{sign}")
    return text
