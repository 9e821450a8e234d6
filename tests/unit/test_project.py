import subprocess
import sys
from pathlib import Path

import pytest

from engine.errors import ResourceError, UsageError
from engine.project import Project


def test_settings_keep_the_comments_of_the_person(project: Project) -> None:
    text = project.settings_file.read_text(encoding="utf-8") + "\n# mine\n[limits]\nrows = 10 # ten\n"
    project.settings_file.write_text(text, encoding="utf-8")
    project.set("limits", {"bad": 0.1})
    project.set("data", {"version": "v1"})
    after = project.settings_file.read_text(encoding="utf-8")
    assert "# mine" in after and "rows = 10 # ten" in after
    assert project.settings()["limits"] == {"rows": 10, "bad": 0.1}
    assert project.data_version() == "v1"


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="not an empty folder"):
        Project.create(tmp_path)


@pytest.mark.parametrize("content", ["[project\n", "deep = " + "[" * 100_000])
def test_a_broken_settings_file_is_named_with_its_line(project: Project, content: str) -> None:
    project.settings_file.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match="not TOML") as caught:
        Project.open(project.root)
    assert caught.value.where == str(project.settings_file)


def test_one_change_at_a_time(project: Project) -> None:
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from pathlib import Path; from engine.project import Project\n"
            f"with Project(Path({str(project.root)!r})).changing('data import'):\n"
            "    print('held', flush=True); sys.stdin.read()",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
    with pytest.raises(ResourceError, match=f"data import .process {holder.pid}"), project.changing("data split"):
        pass
    holder.kill()
    holder.communicate()
    with project.changing("data split"):
        pass


def test_a_folder_that_cannot_be_written_is_refused_with_a_hint() -> None:
    # /sys refuses everyone, root included, with one of three errors that depend on the machine.
    with pytest.raises(ResourceError, match=r"no permission|read-only"):
        Project.create(Path("/sys/tunewright"))


def test_settings_are_read_again_when_the_file_has_changed_and_are_the_callers_own(project: Project) -> None:
    project.set("plan", {"rank": 8})
    project.settings()["plan"]["rank"] = 99
    assert project.settings()["plan"]["rank"] == 8
    project.set("plan", {"rank": 9})
    assert project.settings()["plan"]["rank"] == 9
    project.settings_file.write_bytes(b"[plan]\nname = '\xff'\n")
    with pytest.raises(UsageError, match="not TOML"):
        project.settings()
