"""Progress of the long calls, from the rows that their table-valued functions deliver while they run; and Ctrl-C."""
from __future__ import annotations

import signal
import sys
import threading
import time
from contextlib import contextmanager
from html import escape
from typing import Any, Callable, Iterator, Optional, Union

#: What `progress=` may be: None, a bar where somebody looks (a terminal, a notebook); True or False, always or never;
#: or a function that is called with each row.
Progress = Union[None, bool, Callable[[Any], Any]]

WIDTH = 30
EVERY = 0.1  # seconds between two drawings
CHECKED_EVERY = 1000  # instructions of SQLite between two looks at Ctrl-C


def watcher(progress: Progress, what: str) -> Optional[Callable[[Any], Any]]:
    """The function that is shown each row, if there is one."""
    if callable(progress):
        return progress
    if progress is False:
        return None
    if _in_a_notebook():
        return _NotebookBar(what)
    if progress or sys.stderr.isatty():
        return _TerminalBar(what)
    return None


class _Bar:
    """Draws rows that have `epoch` and `epochs`, or works that were read."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.drawn = -EVERY

    def __call__(self, row: Any) -> None:
        done, of = _done(row)
        now = time.monotonic()
        if now - self.drawn >= EVERY or done == of:
            self.drawn = now
            self.draw(row, done, of)

    def draw(self, row: Any, done: int, of: Optional[int]) -> None:
        raise NotImplementedError


class _TerminalBar(_Bar):
    def draw(self, row: Any, done: int, of: Optional[int]) -> None:
        filled = WIDTH * done // of if of else 0
        bar = f"[{'#' * filled}{'.' * (WIDTH - filled)}] {done}/{of}" if of else f"{done} works"
        end = "\n" if done == of else ""
        print(f"\r{self.what}  {bar}{_loss(row)}", end=end, file=sys.stderr, flush=True)


class _NotebookBar(_Bar):
    handle: Any = None

    def draw(self, row: Any, done: int, of: Optional[int]) -> None:
        from IPython.display import HTML, display  # type: ignore[import]
        value = f'value="{done}" max="{of}"' if of else ""
        words = f"{escape(self.what)} <progress {value}></progress> {done}{f'/{of}' if of else ' works'}{_loss(row)}"
        if self.handle is None:
            self.handle = display(HTML(words), display_id=True)
        else:
            self.handle.update(HTML(words))


def _done(row: Any) -> tuple[int, Optional[int]]:
    if hasattr(row, "epoch"):
        return row.epoch, row.epochs
    return row.works_read, row.works_read if row.stage == "written" else None


def _loss(row: Any) -> str:
    loss = getattr(row, "loss", None)
    return "" if loss is None else f"  loss {loss:.4g}"


def _in_a_notebook() -> bool:
    shell = sys.modules.get("IPython")
    return shell is not None and getattr(shell.get_ipython(), "kernel", None) is not None


@contextmanager
def interruptible(connection: Any) -> Iterator[None]:
    """Ctrl-C ends a long call inside of it. SQLite asks a function of Python's now and then, and only there does
    Python notice a signal. What the call had written is rolled back, and KeyboardInterrupt is raised."""
    ours = (threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGINT) is signal.default_int_handler)
    if not ours or not hasattr(connection, "set_progress_handler"):
        yield
        return
    pressed = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: pressed.set())
    connection.set_progress_handler(pressed.is_set, CHECKED_EVERY)
    try:
        yield
    except Exception:
        if not pressed.is_set():
            raise
    finally:
        connection.set_progress_handler(None, 0)
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if pressed.is_set():
        raise KeyboardInterrupt
