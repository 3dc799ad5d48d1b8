#!/usr/bin/env bash
# The small catalogue is what its script makes.
set -euo pipefail
command -v python3 >/dev/null || { echo "SKIP: python3 is not installed"; exit 77; }
exec python3 examples/catalogue/make_catalogue.py --check
