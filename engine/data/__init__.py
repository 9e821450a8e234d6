"""The data room: reading files, judging rows, versions, duplicates, splits and their proof."""
