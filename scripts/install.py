"""Make the virtual environment `.venv` from a lock file: exact versions, every hash checked.

    python3 scripts/install.py          what Flotilla runs with (requirements.lock)
    python3 scripts/install.py --dev    and what `make check` needs (requirements-dev.lock)

Needs Python 3.11 or later and nothing else. Does nothing where the environment is up to date; an
interrupted run is finished by the next one.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)


def say(text: str) -> None:
    """Print a line for people."""
    print(text, file=sys.stderr, flush=True)


def fail(what: str, cure: str) -> "SystemExit":
    """The error for a user: what is wrong and how to mend it."""
    say(f"Error: {what}\n  → {cure}")
    return SystemExit(2)


def run(title: str, *command: str) -> None:
    """Run a command quietly, with a sign of life every ten seconds; show what it said if it fails."""
    began = time.monotonic()
    say(f"  ▸ {title}")
    ended = threading.Event()

    def breathe() -> None:
        while not ended.wait(10):
            say(f"  … {title}: {time.monotonic() - began:.0f} s")

    threading.Thread(target=breathe, daemon=True).start()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    ended.set()
    if done.returncode:
        say(done.stdout + done.stderr)
        raise fail(
            f"{title} failed; what {Path(command[0]).name} said stands above.",
            "Mend that (a network or proxy setting, mostly), then run the same command again.",
        )
    say(f"  ✓ {title} ({time.monotonic() - began:.0f} s)")


def fingerprint(lock: Path) -> str:
    """What the environment is made from: the lock file, the project's metadata, this interpreter."""
    parts = [
        lock.read_bytes(),
        (ROOT / "pyproject.toml").read_bytes(),
        sys.version.encode(),
        str(VENV).encode(),
    ]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def install(lock: Path) -> None:
    """Bring `.venv` up to date with the lock file."""
    stamp, wanted = VENV / f".{lock.stem}.installed", fingerprint(lock)
    if stamp.exists() and stamp.read_text() == wanted and PYTHON.exists():
        return
    healthy = (
        PYTHON.exists()
        and not subprocess.run(
            [PYTHON, "-m", "pip", "--version"], capture_output=True, check=False
        ).returncode
    )
    if not healthy:
        shutil.rmtree(VENV, ignore_errors=True)
        try:
            run("make the virtual environment .venv", sys.executable, "-m", "venv", str(VENV))
        except SystemExit:
            raise fail(
                f"{sys.executable} cannot make virtual environments.",
                "On Debian and Ubuntu: apt-get install python3-venv. Then run the same command again.",
            ) from None
    pip = (str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-compile")
    run(f"install the packages of {lock.name}", *pip, "--require-hashes", "-r", str(lock))
    run("install flotilla itself", *pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT))
    # Without byte code each start of a program would compile the SDKs anew, 2.5 times slower.
    run("compile the packages", str(PYTHON), "-m", "compileall", "-q", "-j", "0", str(VENV / "lib"))
    stamp.write_text(wanted)


def main() -> None:
    """Check the interpreter and install, one run at a time."""
    if sys.version_info < OLDEST:
        raise fail(
            f"Python {sys.version.split()[0]} is too old.",
            "Flotilla needs Python 3.11 or later: install it, then name it: make up PYTHON=python3.12",
        )
    lock = ROOT / ("requirements-dev.lock" if "--dev" in sys.argv[1:] else "requirements.lock")
    with (ROOT / ".venv.lock").open("w") as guard:
        try:
            fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another run is making .venv; waiting for it to end.")
            fcntl.flock(guard, fcntl.LOCK_EX)
        install(lock)


if __name__ == "__main__":
    os.umask(0o022)
    main()
