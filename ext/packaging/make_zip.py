#!/usr/bin/env python3
"""Makes a zip of a folder, the same bytes of the same files: make_zip.py ZIP PARENT FOLDER"""
import sys
import zipfile
from pathlib import Path


def main(archive, parent, folder):
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(Path(parent, folder).rglob("*")):
            if not file.is_file():
                continue
            entry = zipfile.ZipInfo(file.relative_to(parent).as_posix())  # dated 1980
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, file.read_bytes())


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
