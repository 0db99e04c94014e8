"""Update the catalogues of resources/languages from the program's texts: `packaging/dev.py language`.

language                    add new texts to the catalogues, and remove those that the program no longer has
language --new fr           begin a translation into another language
language --missing de       list what is not translated yet; with a part (window, core, scenes, help) or the
                            beginning of a place (help/stuck, gdsim/gui/step), only that
"""

from __future__ import annotations

import argparse
import sys
from difflib import get_close_matches
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from texts import all_texts  # noqa: E402 - after the path that the program is found by

from gdsim.core.language.po import PoEntry, read_entries  # noqa: E402
from gdsim.core.language.translations import CATALOGUE_PARTS  # noqa: E402

FOLDER = ROOT / "resources/languages"
# The header of a new language, for the translator to complete.
_HEADER = """Language: {code}
X-Name: {code}
X-Decimal-Sign: .
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit
Plural-Forms: nplurals=2; plural=(n != 1);
"""
# A new text at least this similar to a removed one takes over its translation, marked as fuzzy.
_SIMILARITY = 0.75
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"})


def quoted(text: str) -> str:
    """Return a text as a string of a PO file, which has one line for each line of the text."""
    lines = text.splitlines(keepends=True)
    if len(lines) < 2:  # noqa: PLR2004 - one line, or none
        return f'"{text.translate(_ESCAPES)}"'
    return "\n".join(['""', *(f'"{line.translate(_ESCAPES)}"' for line in lines)])


def written(entry: PoEntry) -> str:
    lines = [*(f"# {note}".rstrip() for note in entry.notes), *(f"#. {hint}" for hint in entry.hints)]
    lines += [f"#: {' '.join(entry.places)}"] if entry.places else []
    lines += ["#, fuzzy"] if entry.fuzzy else []
    lines += [f"msgctxt {quoted(entry.context)}"] if entry.context else []
    lines.append(f"msgid {quoted(entry.text)}")
    if entry.plural:
        lines.append(f"msgid_plural {quoted(entry.plural)}")
        forms = entry.said or {0: "", 1: ""}
        lines += [f"msgstr[{place}] {quoted(forms[place])}" for place in sorted(forms)]
    else:
        lines.append(f"msgstr {quoted(entry.said.get(0, ''))}")
    return "\n".join(lines)


def kept(code: str) -> dict[str, list[PoEntry]]:
    """Return the entries of a language's files by part, including the header, whose text is empty."""
    paths = {part: FOLDER / code / f"{part}.po" for part in CATALOGUE_PARTS}
    return {
        part: [*read_entries(path.read_text(encoding="utf-8"))] if path.is_file() else []
        for part, path in paths.items()
    }


def renewed(
    code: str, texts: dict[str, dict[tuple[str, str], PoEntry]]
) -> tuple[dict[str, str], list[PoEntry]]:
    """Return the updated content of a language's files by part, and the translations that were dropped."""
    known = kept(code)
    before = {entry.key: entry for entries in known.values() for entry in entries if entry.text}
    now = {key for entries in texts.values() for key in entries}
    gone = {key: entry for key, entry in before.items() if key not in now and entry.said.get(0)}
    files = dict[str, str]()
    for part, entries in texts.items():
        header = next((entry for entry in known[part] if not entry.text), None)
        header = header or PoEntry("", said={0: _HEADER.format(code=code)})
        blocks = [written(header)]
        for key, entry in entries.items():
            take_translation(entry, before.get(key), gone)
            blocks.append(written(entry))
        files[part] = "\n\n".join(blocks) + "\n"
    return files, [*gone.values()]


def take_translation(entry: PoEntry, old: PoEntry | None, gone: dict[tuple[str, str], PoEntry]) -> None:
    """Give an entry its old translation, or that of a similar removed text, in place."""
    fuzzy = old is not None and old.fuzzy
    if old is None and gone:
        close = get_close_matches(entry.text, [text for _, text in gone], 1, _SIMILARITY)
        old = next((removed for removed in gone.values() if removed.text in close), None)
        fuzzy = True
    if old is not None and bool(old.plural) == bool(entry.plural):
        entry.said, entry.notes, entry.fuzzy = old.said, old.notes, fuzzy
    else:
        entry.said, entry.notes, entry.fuzzy = {}, [], False


def missing(code: str) -> list[tuple[str, PoEntry]]:
    return [
        (part, entry)
        for part, entries in kept(code).items()
        for entry in entries
        if entry.text and not entry.is_translated
    ]


def codes() -> list[str]:
    return sorted(path.name for path in FOLDER.iterdir() if path.is_dir()) if FOLDER.is_dir() else []


def main(args: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="packaging/dev.py language",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--new", metavar="CODE")
    parser.add_argument("--missing", nargs="+", metavar=("CODE", "PLACE"))
    given = parser.parse_args(args)
    if given.missing:
        code, *places = given.missing
        for part, entry in missing(code):
            if not places or part in places or any(one.startswith(tuple(places)) for one in entry.places):
                print(f"{written(entry)}\n")
        return 0
    texts = all_texts()
    for code in [*codes(), *([given.new] if given.new else [])]:
        files, gone = renewed(code, texts)
        (FOLDER / code).mkdir(parents=True, exist_ok=True)
        for part, text in files.items():
            (FOLDER / code / f"{part}.po").write_text(text, encoding="utf-8")
        count = sum(map(len, texts.values()))
        print(f"{code}: {count} texts, {len(missing(code))} not translated, {len(gone)} no longer said")
        for entry in gone:
            print(f"  no longer said: {entry.text!r}: {entry.said.get(0)!r}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
