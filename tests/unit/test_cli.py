import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine import cli
from engine.project import Project

HEAVY = ("textual", "torch", "numpy", "pandas", "transformers", "datasets", "rich", "tokenizers")
HELP = """
import sys
from engine.cli import main
try:
    main(["--help"])
finally:
    print(sorted(set(sys.argv[1:]) & set(sys.modules)), file=sys.stderr)
"""


def tunewright(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-m", "engine.cli", *arguments], capture_output=True, text=True)


def test_help_loads_nothing_heavy_and_names_every_command() -> None:
    done = subprocess.run([sys.executable, "-c", HELP, *HEAVY], capture_output=True, text=True)
    assert done.stderr.strip() == "[]"
    for command in ("new", "status", "data", "train", "evaluate", "audit"):
        assert f"\n    {command} " in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["bogus"], 2, "invalid choice: 'bogus'"),
        (["status", "--project", "nowhere"], 2, "no project in nowhere"),
        (["new"], 2, "the following arguments are required: DIR"),
        (["waive", "review", "reviewed"], 2, "--reason"),
    ],
)
def test_errors_are_one_line_and_a_hint(arguments: list[str], code: int, said: str) -> None:
    done = tunewright(*arguments)
    assert done.returncode == code and done.stdout == ""
    error, hint = done.stderr.splitlines()
    assert error.startswith("tunewright: error: ") and said in error
    assert hint.startswith("  hint: ")


def test_a_hostile_name_reaches_the_terminal_harmless(tmp_path: Path) -> None:
    done = tunewright("status", "--project", f"{tmp_path}/\x1b]52;c;aGk=\x07[/bold]")
    assert "\x1b" not in done.stderr and "[/bold]" in done.stderr


def test_an_unexpected_error_leaves_a_trace_in_a_file(
    monkeypatch: pytest.MonkeyPatch, project: Project, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    monkeypatch.setattr("engine.journey.read", lambda project: 1 / 0)
    assert cli.main(["status", "--project", str(project.root)]) == 1
    said = capsys.readouterr().err
    assert "ZeroDivisionError" in said and "Traceback" not in said
    [trace] = home.rglob("*.txt")
    assert "Traceback" in trace.read_text(encoding="utf-8") and str(trace) in said


def test_interrupted_is_130(monkeypatch: pytest.MonkeyPatch, project: Project) -> None:
    def interrupt(project: Project) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("engine.journey.read", interrupt)
    assert cli.main(["status", "--project", str(project.root)]) == 130


def test_a_project_is_walked_by_command(tmp_path: Path) -> None:
    folder = str(tmp_path / "p")
    assert tunewright("new", folder).returncode == 0
    waived = tunewright("waive", "review", "reviewed", "--reason", "nobody here", "--project", folder)
    assert waived.returncode == 0
    status = tunewright("status", "--project", folder, "--json").stdout
    assert '"state": "waived"' in status and "nobody here" in status
    assert "the chain is whole" in tunewright("audit", "verify", "--project", folder).stdout
    log = tmp_path / "p" / "audit.jsonl"
    log.write_bytes(log.read_bytes().replace(b"nobody here", b"a reviewer"))
    broken = tunewright("audit", "verify", "--project", folder)
    assert broken.returncode == 3 and "audit.jsonl:2" in broken.stderr


@pytest.mark.parametrize("redirection", [">&-", "2>&-", "<&-", "> /dev/full", "| head -c 1 > /dev/null"])
def test_streams_that_are_closed_or_full_end_nothing_in_a_trace(project: Project, redirection: str, home: Path) -> None:
    command = f'"{sys.executable}" -m engine.cli status --project "{project.root}" {redirection}'
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert done.returncode in (0, 5) and "Traceback" not in done.stderr
    assert not list(home.rglob("*.txt"))


def test_a_terminal_that_is_not_utf_8_gets_escapes(project: Project) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    reason = "because \u65e5\u672c \u009b31m \u202e"
    for arguments in (["waive", "review", "reviewed", "--reason", reason], ["status"], ["audit", "show"]):
        for more in ([], ["--json"]):
            command = [sys.executable, "-m", "engine.cli", *arguments, "--project", str(project.root), *more]
            done = subprocess.run(command, capture_output=True, env=environment)
            assert done.returncode == 0, done.stderr
            for obeyed in ("\x9b".encode("latin-1"), "\u202e".encode()):
                assert obeyed not in done.stdout.replace("\u65e5\u672c".encode(), b"")


@pytest.mark.parametrize("text", ["data = 5", "[data]\nversion = 5", "[zz]\na = 1\na = 2", "[data]\nversion = ['v1']"])
def test_settings_edited_into_nonsense_are_named(project: Project, text: str) -> None:
    settings = project.settings_file.read_text(encoding="utf-8")
    project.settings_file.write_text(f"{text}\n{settings}", encoding="utf-8")
    done = tunewright("data", "split", "--project", str(project.root))
    assert done.returncode == 2 and "project.toml" in done.stderr
