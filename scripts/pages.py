"""Generated pages: written, or compared with what is there."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def keep(page: Path, text: str) -> int:
    """Write a page, or with `--check` among the arguments compare it; the exit code."""
    if "--check" not in sys.argv[1:]:
        page.write_text(text, encoding="utf-8")
        return 0
    if page.exists() and page.read_text(encoding="utf-8") == text:
        return 0
    print(f"{page.relative_to(ROOT)} is not up to date. Run: make schemas", file=sys.stderr)
    return 1
