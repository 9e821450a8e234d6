"""What a command that has changed the evidence says of the verdict that rested on it."""

from engine.project import Project


def decide_again(project: Project) -> None:
    """Decides anew on what the project shows now, and says so where the verdict is another one; call it inside
    project.changing()."""
    from engine.commands.output import say
    from engine.deciding import reconsider

    if found := reconsider(project):
        said = f"{found.in_short}: {found.verdict.reasons[0]}"
        say(f"decided anew on what the project shows, {said}; more: tunewright decide")
