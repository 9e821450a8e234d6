"""Where: what was found of the machine is there again when the step is opened later."""

from engine.machine import record
from engine.project import Project
from tests.tui.pilot import played, shown, until, wizard


def test_what_was_found_is_shown_again_and_damage_is_named(project: Project) -> None:
    record.record_destination(project)

    async def scene() -> None:
        async with wizard(project, "where", size=(100, 40)) as (app, pilot):
            assert "Where will it run?" in shown(app) and "usable" in shown(app) and "measured here" in shown(app)
            project.machine.write_text("[]", encoding="utf-8")
            await until(pilot, lambda: "not what looking at a machine saves" in shown(app), "the damage is named")
            assert "l or Enter looks at processor" in shown(app)

    played(scene)
