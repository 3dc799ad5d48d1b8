"""Pictures: what subjrec_plot draws, shown by a notebook and saved as a file."""
from __future__ import annotations

import base64
import re
from html import escape
from pathlib import Path
from typing import Union


class Svg(str):
    """A picture as the text of an SVG file. A notebook draws it: as an image, because what notebooks make of an SVG
    that stands in the page itself differs, and some take out of it what they do not know."""

    def save(self, path: Union[str, Path]) -> Path:
        """Writes the file and returns its path."""
        return _save(self, path)

    def _repr_svg_(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        title = re.search("<title[^>]*>([^<]*)<", self)
        coded = base64.b64encode(self.encode("utf-8")).decode("ascii")
        return f'<img alt="{title.group(1) if title else "A picture"}" src="data:image/svg+xml;base64,{coded}">'


class Page(str):
    """A page as the text of an HTML file that needs no other. A notebook shows it in a frame of its own, where its
    scripts see nothing of the notebook."""

    height = 640

    def save(self, path: Union[str, Path]) -> Path:
        """Writes the file and returns its path."""
        return _save(self, path)

    def _repr_html_(self) -> str:
        return (f'<iframe sandbox="allow-scripts" srcdoc="{escape(self, quote=True)}" '
                f'style="width:100%;height:{self.height}px;border:0"></iframe>')


def _save(text: str, path: Union[str, Path]) -> Path:
    path = Path(path)
    path.write_text(text, encoding="utf-8")
    return path
