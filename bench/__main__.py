"""`make bench`: every measurement of the README's tables, each as a ratio to a yardstick of the same run.

python -m bench            all of them
python -m bench pages      one of them: wall, importing, pages, lighthouse
"""

import sys

from bench import importing, lighthouse, pages, wall

PARTS = {"wall": wall.measure, "importing": importing.measure, "pages": pages.measure, "lighthouse": lighthouse.measure}


def main(wanted: list[str]) -> int:
    unknown = [name for name in wanted if name not in PARTS]
    if unknown:
        print(f"no such measurement: {', '.join(unknown)}; there are: {', '.join(PARTS)}")
        return 2
    for name, measure in PARTS.items():
        if not wanted or name in wanted:
            print(f"\n== {name}")
            measure()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
