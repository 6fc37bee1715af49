"""Lighthouse (mobile) on the pages of a served demo. Needs Node.js; `npx` fetches Lighthouse where it is not installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from bench.pages import serving_demo

PAGES = ("/world/geneva-talks-open/", "/world/blinken-lavrov-geneva/", "/", "/account/register/")
CHROME_FLAGS = "--headless --no-sandbox --disable-gpu --disable-background-networking"


def measure() -> None:
    lighthouse = (
        [shutil.which("lighthouse")] if shutil.which("lighthouse") else [shutil.which("npx"), "--yes", "lighthouse@12"]
    )
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if lighthouse[0] is None or chromium is None:
        print("not measured: Lighthouse needs Node.js and Chromium")
        return
    environment = {**os.environ, "CHROME_PATH": chromium, "PUPPETEER_SKIP_DOWNLOAD": "1"}
    with serving_demo() as (port, _), tempfile.TemporaryDirectory() as folder:
        for path in PAGES:
            report = Path(folder) / "report.json"
            for _ in range(2):  # once before, so that the pictures are encoded
                subprocess.run(
                    [
                        *lighthouse,
                        f"http://127.0.0.1:{port}{path}",
                        "--quiet",
                        f"--chrome-flags={CHROME_FLAGS}",
                        "--output=json",
                        f"--output-path={report}",
                    ],
                    env=environment,
                    check=True,
                    capture_output=True,
                )
            told = json.loads(report.read_text())
            scores = ", ".join(f"{name} {round(one['score'] * 100)}" for name, one in told["categories"].items())
            shown = told["audits"]["largest-contentful-paint"]["displayValue"]
            print(f"{path:<34} {scores}; LCP {shown} (simulated)")
