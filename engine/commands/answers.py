"""`--answers` of `baseline` and `evaluate`: what was answered to each prompt, read from the disk, nothing measured."""

import argparse
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.side_by_side import Answers, SideBySide


def add_answer_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--answers",
        nargs="?",
        const="validation",
        metavar="SET",
        help="measure nothing: print prompt, reference and every system's saved answer (default: validation)",
    )
    parser.add_argument(
        "--filter", default="all", metavar="NAME", help='with --answers: some rows only ("tuned wrong")'
    )


def show_answers(args: argparse.Namespace, read: Callable[[str], "SideBySide"]) -> int:
    """Prints the rows of the asked set that the filter lets through.

    Raises DataError when there are none, or they are damaged; UsageError for another filter than there are.
    """
    from dataclasses import asdict

    from engine.commands.output import print_json, say, show
    from engine.errors import DataError, UsageError

    paired = read(args.answers)
    if not paired:
        raise DataError(
            f"no row of {args.answers} was answered by every system",
            hint="tunewright baseline, then tunewright evaluate",
        )
    if args.filter not in paired.filters():
        raise UsageError(f"no filter {args.filter}", hint=f"there are: {', '.join(paired.filters())}")
    numbers = paired.matching(args.filter)
    if args.json:
        rows = [{"row": number, **asdict(paired.at(number))} for number in numbers]
        print_json({"set": args.answers, "filter": args.filter, "of": len(paired), "rows": rows})
        return 0
    for number in numbers:
        for line in _lines(number, paired.at(number)):
            show(line)
    say(f"{len(numbers)} of {len(paired)} rows of {args.answers}; filters: {', '.join(paired.filters())}")
    return 0


def _lines(number: int, shown: "Answers") -> Iterator[str]:
    yield f"row {number + 1}"
    for turn in shown.prompt:
        yield f"  {turn.get('role')}: {turn.get('content')}"
    yield f"  should be: {shown.reference}"
    for system, answer in shown.answers.items():
        yield f"  {system}, {'right' if shown.right[system] else 'wrong'}: {answer}"
