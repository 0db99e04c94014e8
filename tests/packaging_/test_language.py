"""The catalogues of translations say what the program says: no text is missing, none left over."""

import ast
import re
from collections import Counter
from string import Formatter

import pytest

from gdsim.core.language.po import PoEntry, header_fields, read_entries
from gdsim.core.language.translations import languages, plural_form
from gdsim.core.lessons.files import load_lesson
from gdsim.core.rules.libraries.lookup import LIBRARIES, library_rules
from tests.packaging_.scripts import FOLDER, load

texts, language = load("texts"), load("language")
CODES = tuple(code for code in languages() if code != "en")
# For these there is no letter left in their English menu; in another language there may be one.
WITHOUT_LETTER = {"Fair race…", "Find a rate…"}
# Languages that are not whole yet: some rooms of them must be. Of all others every text must be translated.
UNFINISHED: dict[str, tuple[str, ...]] = {}


@pytest.fixture(scope="module")
def found():
    return texts.all_texts()


def entries(code):
    kept = [entry for part in language.kept(code).values() for entry in part]
    return [entry for entry in kept if entry.text and not entry.fuzzy]


def fields(text):
    """Return the names in braces of a template; None of what is none, such as the caption of a lesson."""
    try:
        names = [name for _, name, *_ in Formatter().parse(text) if name is not None]
    except ValueError:
        return None
    return Counter(names) if all(" " not in name for name in names) else None  # words of "without { and }"


def test_every_text_can_be_found(found):
    counts = {part: len(entries) for part, entries in found.items()}
    assert counts["window"] > 1500
    assert counts["core"] > 800
    assert counts["scenes"] > 300
    assert counts["help"] > 350


def test_what_is_said_of_the_rules_of_libraries_is_found(found):
    rules = [rule for library in LIBRARIES for rule in library_rules(library).values()]
    said = {text for rule in rules for text in (rule.summary, *(one.doc for one in rule.settings))}
    assert len(said) > 40
    assert said - {text for _, text in found["core"]} == set()


def test_the_titles_of_scenes_that_stand_in_a_lesson_are_found(found):
    titles = {stop.experiment.title for stop in load_lesson("lecture").stops}
    assert titles - {text for part in found.values() for _, text in part} == set()


@pytest.mark.parametrize("code", CODES)
def test_catalogues_are_in_step(found, code):
    """`packaging/dev.py language` would change nothing."""
    files, gone = language.renewed(code, found)
    assert [entry.text for entry in gone] == []
    for part, text in files.items():
        path = language.FOLDER / code / f"{part}.po"
        assert path.read_text(encoding="utf-8") == text, f"run packaging/dev.py language: {path.name}"


@pytest.mark.parametrize("code", CODES)
def test_translations_have_the_parts_of_their_texts(code):
    wrong = {}
    for entry in entries(code):
        wanted = [fields(text) for text in (entry.text, entry.plural or entry.text)]
        for said in filter(None, entry.said.values()):
            # A plural form may leave the number out, as "one point" does.
            given = fields(said)
            if given not in wanted and not (entry.plural and given == wanted[1] - Counter(["n"])):
                wrong[entry.text] = said
    assert wrong == {}


@pytest.mark.parametrize("code", CODES)
def test_translations_keep_mnemonics_tags_and_filters(code):
    for entry in entries(code):
        for said in filter(None, entry.said.values()):
            assert ("&" in said) == ("&" in entry.text) or entry.text in WITHOUT_LETTER, entry.text
            assert Counter(re.findall(r"<[a-z/][^<>]*>|\(\*\.[^)]*\)", said)) == Counter(
                re.findall(r"<[a-z/][^<>]*>|\(\*\.[^)]*\)", entry.text)
            ), entry.text
            assert said.endswith("…") == entry.text.endswith("…"), entry.text


def test_german_addresses_nobody():
    """With a capital letter within a sentence these are for the reader, else for what was named before."""
    address = re.compile(r"[\wß,] (?:Sie|Ihnen|Ihr(?:e[mnrs]?)?)\b|^Sie$|\b(?:[Dd]u|[Dd]ein(?:e[mnrs]?)?)\b")
    told = [form for entry in entries("de") for form in entry.said.values() if address.search(form)]
    assert told == []


@pytest.mark.parametrize("code", CODES)
def test_a_header_says_what_the_window_needs(code):
    for part, (header, *_) in language.kept(code).items():
        told = header_fields(header.said[0])
        assert told["Language"] == code, part
        assert told["X-Decimal-Sign"] in (".", ",")
        assert told["X-Name"] != code, f"{part}: X-Name is what the language calls itself"
        count = int(re.search(r"nplurals=(\d)", told["Plural-Forms"])[1])
        assert {plural_form(told["Plural-Forms"])(n) for n in range(200)} == set(range(count))


@pytest.mark.parametrize("code", CODES)
def test_nothing_is_missing(code):
    rooms = UNFINISHED.get(code, ("",))
    missing = [entry for _, entry in language.missing(code)]
    texts_missing = [one.text for one in missing if any(place.startswith(rooms) for place in one.places)]
    assert texts_missing == [], f"translate them, or put {code} into UNFINISHED"


def test_what_is_put_together_cannot_be_found():
    for source in (
        "said('a' + b)",
        "said(f'a {b}')",
        "self.tr(words)",
        "tr(words)",
        "counted(n, 'a', many)",
        "said(x)",
    ):
        with pytest.raises(texts.NotPlain, match=r"here:1"):
            texts._Reader("here", []).visit(ast.parse(source))


def test_all_ways_to_say_something_are_found():
    reader = texts._Reader("here", [])
    reader.visit(
        ast.parse(
            "self.tr('a')\nself.tr('b', 'verb')\ntr('c')\nsaid('d ' 'e {x}', x=1)\n"
            "counted(n, '{n} f', '{n} fs')\nto_say('g')\ntext.translate(table)\nself.translate(1, 2)"
        )
    )
    assert [(one.context, one.text, one.plural) for one in reader.found] == [
        ("", "a", ""),
        ("verb", "b", ""),
        ("", "c", ""),
        ("", "d e {x}", ""),
        ("", "{n} f", "{n} fs"),
        ("", "g", ""),
    ]


def test_a_changed_text_keeps_its_translation_to_be_looked_at(tmp_path, monkeypatch):
    monkeypatch.setattr(language, "FOLDER", tmp_path)
    (tmp_path / "xx").mkdir()
    old = PoEntry("The loss goes down at every step.", said={0: "Der Verlust sinkt."}, places=["a"])
    same = PoEntry("Play", said={0: "Abspielen"}, notes=["the button"])
    gone = PoEntry("Quite another thing", said={0: "Etwas"})
    (tmp_path / "xx/window.po").write_text(
        "\n\n".join(map(language.written, (old, same, gone))), encoding="utf-8"
    )
    new, play = PoEntry("The loss goes down at each step.", places=["b"]), PoEntry("Play", places=["c"])
    files, left = language.renewed("xx", {"window": {one.key: one for one in (new, play)}})
    _, changed, kept = read_entries(files["window"])
    assert (changed.text, changed.said, changed.fuzzy, changed.is_translated) == (
        new.text,
        {0: "Der Verlust sinkt."},
        True,
        False,
    )
    assert (kept.said, kept.notes, kept.places) == ({0: "Abspielen"}, ["the button"], ["c"])
    assert [entry.text for entry in left] == [old.text, gone.text]


def test_strings_are_written_as_they_are_read():
    for text in ('a "quote"', "back\\slash", "two\nlines\n", "tab\there", "", "ends\n\nso"):
        entry = PoEntry("x", said={0: text})
        assert next(read_entries(language.written(entry))).said[0] == text


def test_the_tool_lists_what_is_missing(capsys):
    assert language.main(["--missing", CODES[0], "help/"]) == 0
    told = capsys.readouterr().out
    assert all("help/" in line for line in told.splitlines() if line.startswith("#:"))


def test_dev_knows_the_verb():
    assert "language" in load("dev").VERBS
    assert (FOLDER / "language.py").is_file()
