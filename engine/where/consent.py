"""What a person agrees to before data leaves this machine: rows, bytes, to whom, and on which terms."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from engine.costs.money import usd
from engine.data.export_forms import FORMS
from engine.data.jsontext import dumps
from engine.data.versions import Version
from engine.errors import GateError
from engine.project import Project
from engine.providers.entries import Catalogue, Destination
from engine.providers.telling import said
from engine.sizes import size
from engine.where.columns import training_price
from engine.where.constraints import Constraints
from engine.where.cost import training

SENT = ("train", "validation")
"""The splits that a host gets; the test split stays here."""
_COUNTED = 2_000
"""Rows whose lines are made at least to learn the bytes: 60 ms; of twice as many and more, some are taken evenly."""


@dataclass(frozen=True, slots=True)
class Consent:
    """What leaves this machine, to whom, and on which terms."""

    version: str
    """The data version; a new one needs a new consent."""
    rows: int
    bytes: int
    measured: bool
    """The bytes were counted; else estimated from a part of the rows."""
    what: str
    """The files in words."""
    personal_data: str
    """What is known to be in all of the version."""
    to: str
    region: str
    retention: str
    zero_retention: str
    price: str
    """Of the training, with how it was reckoned."""

    def lines(self) -> tuple[tuple[str, str], ...]:
        """(name, text), as they are shown and recorded."""
        counted = "" if self.measured else " (estimated from part of the rows)"
        return (
            ("leaves this machine", f"{self.rows:,} rows, {size(self.bytes)}{counted}: {self.what}"),
            ("personal data", self.personal_data),
            ("goes to", self.to),
            ("region", self.region),
            ("retention", self.retention),
            ("zero retention", self.zero_retention),
            ("price", self.price),
        )

    def facts(self) -> Mapping[str, str]:
        """The lines as they are kept, with the numbers by themselves."""
        return {"version": self.version, "rows": str(self.rows), "bytes": str(self.bytes), **dict(self.lines())}


def consent(
    project: Project, one: Destination, version: Version, wanted: Constraints, catalogue: Catalogue, today: date
) -> Consent:
    """What there is to agree to. Raises GateError for a version that is not split, DataError for a damaged one."""
    split = version.manifest.get("split")
    if split is None:
        said_of = f"{version.name} is not split: what is sent must not hold the test rows"
        raise GateError(said_of, hint="tunewright data split")
    if one.kind == "rented GPU":
        sent, total, measured = version.manifest["counts"]["rows"], bytes_along(project), True
        what = f"{version.name} whole with its test rows, general rows, project.toml and the audit log"
    else:
        sent = sum(split["counts"][name] for name in SENT)
        what = f"train and validation of {version.name} as {FORMS[_form(one)].title}; the test split stays here"
        total, measured = file_bytes(version, _form(one))
    facts = (said(one.region), said(one.retention), said(one.zero_retention))
    whom = one.name if one.name == one.provider_name else f"{one.provider_name} ({one.name})"
    told = price(catalogue, one, wanted, today)
    return Consent(version.name, sent, total, measured, what, _personal(version), whom, *facts, told)


def _form(one: Destination) -> str:
    return one.upload.form if one.upload else "openai"


def file_bytes(version: Version, form: str) -> tuple[int, bool]:
    """Bytes of train and validation as `form`, and whether every row was counted. Rows that the form cannot hold count
    as in the version."""
    split = version.manifest["split"]["counts"]
    total = len(version)
    step = max(1, total // _COUNTED)
    sent = lines = 0
    for number in range(0, total, step):
        row = version.row(number)
        if row.split in SENT:
            made = FORMS[form].encode(row)
            lines += len(dumps(made)) + 1 if not isinstance(made, str) else len(row.to_json()) + 1
            sent += 1
    if step == 1:
        return lines, True
    return round(lines / max(1, sent) * sum(split[name] for name in SENT)), False


def taken_along(project: Project) -> list[Path]:
    """What a rented GPU needs of the project to go on from Plan: settings, record, current rows, general rows."""
    version = project.data_version()
    rows = [project.version_folder(version)] if version else []
    wanted = [project.settings_file, project.audit, *rows, project.general, project.guidelines]
    return [path for path in wanted if path.exists()]


def bytes_along(project: Project) -> int:
    """Bytes of what is taken along."""
    files = [file for path in taken_along(project) for file in ([path] if path.is_file() else path.rglob("*"))]
    return sum(file.stat().st_size for file in files if file.is_file())


def price(catalogue: Catalogue, one: Destination, wanted: Constraints, today: date) -> str:
    """What one training costs there, in words with the reckoning; that it is not known, where it is not."""
    found = training(catalogue, one, wanted, today)
    if found is None:
        return f"training: {training_price(one, today)}"
    most = f" to {usd(found.most)}" if usd(found.most) != usd(found.usd) else ""
    return f"about {usd(found.usd)}{most} a training: {found.how}"


def _personal(version: Version) -> str:
    """What the scan of the version found and what it does not look for."""
    found = version.manifest["privacy"]
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in found["by_kind"].items())
    findings = f"{found['findings']:,} findings ({kinds})" if found["findings"] else "none found"
    return f"{findings}; not looked for: {', '.join(found['not_scanned']) or 'nothing'}"
