"""Runs one Pulumi program: the process that the language host starts for `pulumi preview` and `up`.

It is run by path with the program's own interpreter, so it imports nothing but the Pulumi SDK. Its only
argument is a JSON object: `monitor`, `engine`, `project`, `stack`, `organization`, `root_directory`,
`program`, `pwd`, `arguments`, `parallel`, `dry_run`; the configuration comes in `PULUMI_CONFIG` and
`PULUMI_CONFIG_SECRET_KEYS`, so that no value of it stands in a process list.
"""

import asyncio
import json
import logging
import os
import runpy
import sys
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SHOWN = 32
"""Exit code that says the error has been shown already (the engine's own convention)."""


def end_with_parent() -> None:
    """End this process when the host is gone: a killed engine must not leave a program behind."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def user_traceback(error: BaseException, program: str) -> str:
    """The traceback from the program's own first frame on; the whole one where it has no frame in it."""
    directory = str(Path(program).resolve())
    frames = traceback.extract_tb(error.__traceback__)
    begin = next((at for at, frame in enumerate(frames) if frame.filename.startswith(directory)), 0)
    return "".join(traceback.format_exception(error, limit=-(len(frames) - begin)))


def main() -> int:
    """Run the program; return the process's exit code."""
    request = json.loads(sys.argv[1])
    end_with_parent()
    try:
        import pulumi  # noqa: PLC0415 (the message below is for where it is missing)
        import pulumi.runtime  # noqa: PLC0415
    except ImportError as error:
        print(
            f"The Pulumi SDK is not installed for {sys.executable} ({error}). "
            "Install what the project needs: python3 -m pip install -r requirements.txt",
            file=sys.stderr,
        )
        return 1
    pulumi.runtime.set_all_config(
        pulumi.runtime.get_config_env(), pulumi.runtime.get_config_secret_keys_env()
    )
    pulumi.runtime.configure(
        pulumi.runtime.Settings(
            monitor=request["monitor"],
            engine=request["engine"],
            project=request["project"],
            stack=request["stack"],
            parallel=request["parallel"],
            dry_run=request["dry_run"],
            organization=request["organization"],
            root_directory=request["root_directory"],
        )
    )
    program: str = request["program"]
    sys.argv = [program, *request["arguments"]]
    os.chdir(request["pwd"])
    # A program that fails leaves futures unobserved; asyncio's words on them would bury the error.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    executor = ThreadPoolExecutor(max_workers=4 * max(1, request["parallel"]))
    loop.set_default_executor(executor)

    def run() -> None:
        runpy.run_path(program, run_name="__main__")

    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(run))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return SHOWN
    except Exception as error:  # noqa: BLE001 (whatever a program raises is shown as its failure)
        pulumi.log.error("The program failed:\n" + user_traceback(error, program))
        return SHOWN
    finally:
        executor.shutdown(wait=True)
        loop.close()
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
