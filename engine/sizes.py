"""Numbers of bytes in words, everywhere the same."""


def size(count: float) -> str:
    """Bytes in binary units: 512 B, 9.8 KiB, 1.3 GiB."""
    if count < 1024:
        return f"{count:.0f} B"
    for unit in ("KiB", "MiB"):
        count /= 1024
        if count < 1024:
            return f"{count:.1f} {unit}"
    return f"{count / 1024:.1f} GiB"
