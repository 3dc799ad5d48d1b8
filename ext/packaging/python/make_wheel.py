#!/usr/bin/env python3
"""Makes a wheel of files that are built already: make_wheel.py VERSION FOLDER [--platform TAG] FILE...

A wheel is a zip with a few texts about itself; this writes them. FILEs are the module and what it
needs beside it; the Python files of subjrec/ and the desk of examples/ are added. The wheel is for
this platform, or the one of the TAG (win_amd64), and for any Python 3, since none is linked.
"""
import base64
import hashlib
import sys
import sysconfig
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
DESK = HERE.parents[2] / "examples" / "desk" / "desk"  # `subjrec serve`
METADATA = """Metadata-Version: 2.1
Name: subjrec
Version: {version}
Summary: A loadable SQLite extension that recommends subjects for the works of a catalogue
License: MIT
Requires-Python: >=3.9
Provides-Extra: frames
Requires-Dist: numpy; extra == "frames"
Requires-Dist: pandas; extra == "frames"
Provides-Extra: desk
Requires-Dist: starlette; extra == "desk"
Requires-Dist: uvicorn; extra == "desk"
Description-Content-Type: text/markdown

"""


def package(folder, within):
    """The files of a package, by their names in the wheel."""
    return {f"{within}/{file.relative_to(folder).as_posix()}": file.read_bytes()
            for file in sorted(folder.rglob("*")) if file.is_file() and "__pycache__" not in file.parts}


def main(version, folder, *files):
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    if files[0] == "--platform":
        platform, files = files[1], files[2:]
    about = f"subjrec-{version}.dist-info"
    content = {f"subjrec/{Path(file).name}": Path(file).read_bytes() for file in files}
    content |= package(HERE / "subjrec", "subjrec")
    content |= package(DESK, "subjrec/desk")
    content[f"{about}/METADATA"] = (METADATA.format(version=version) +
                                    (HERE / "README.md").read_text(encoding="utf-8")).encode()
    content[f"{about}/entry_points.txt"] = b"[console_scripts]\nsubjrec = subjrec.command:main\n"
    content[f"{about}/WHEEL"] = (
        f"Wheel-Version: 1.0\nGenerator: subjrec\nRoot-Is-Purelib: false\n"
        f"Tag: py3-none-{platform}\n").encode()
    record = []
    for name, data in content.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        record.append(f"{name},sha256={digest},{len(data)}\n")
    record.append(f"{about}/RECORD,,\n")
    content[f"{about}/RECORD"] = "".join(record).encode()

    wheel = Path(folder) / f"subjrec-{version}-py3-none-{platform}.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            entry = zipfile.ZipInfo(name)  # dated 1980, so that the same files make the same wheel
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    print(wheel)


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
