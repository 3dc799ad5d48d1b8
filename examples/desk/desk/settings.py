"""What the desk is started with: the database, the model, where it listens, and its bounds."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Set once by the command line (or a test) and never changed."""

    database: Path
    extension: Path  # subjrec.so
    model: str = "rec"
    host: str = "127.0.0.1"
    port: int = 8765  # 0: any free one
    token: str | None = None  # whoever asks must know it; None: nobody is asked
    read_only: bool = False
    language: str = "en"  # of the labels, as Annif's API says it
    readers: int = 2  # threads that read, each with a connection and a copy of the model
    busy_seconds: float = 5.0  # how long to wait for a locked database
    update_delay: float = 2.0  # seconds without a decision before the model is updated
    max_body: int = 2 << 20  # bytes of a request; more is refused with 413
    suggestions: int = 12
    similar: int = 6

    @property
    def is_loopback(self) -> bool:
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine can reach `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
