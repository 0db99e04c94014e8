"""Sentences, numbers and pages in the language that is chosen."""

import re
import threading

import pytest

from gdsim.core import resources
from gdsim.core.formulas import numerals
from gdsim.core.language import translations
from gdsim.core.language.pages import page_in_language, paragraphs
from gdsim.core.language.po import read_entries
from gdsim.core.language.texts import (
    choose_language,
    counted,
    english,
    kept_by_language,
    said,
    speaking,
    to_say,
    translated,
)
from gdsim.core.language.translations import Language, languages, plural_form, read_language

THIN = "\N{NARROW NO-BREAK SPACE}"
POLISH = "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
TEXTS = {
    ("", "The loss fell by {share}."): ("Um {share} fiel der Verlust.",),
    ("", "{n} step in {where}"): ("{n} krok, {where}", "{n} kroki, {where}", "{n} kroków, {where}"),
    ("", "Badly {done}"): ("Schlecht {gemacht}",),
    ("", "Set"): ("Satz",),
    ("verb", "Set"): ("Setzen",),
    ("", "# Title"): ("# Titel",),
    ("", "Some words."): ("Ein paar Worte.",),
}


@pytest.fixture
def spoken():
    choose_language(Language("xx", "Xx", ",", {ord("."): ",", ord(","): THIN}, TEXTS, plural_form(POLISH)))
    yield
    choose_language(Language())


def test_english_is_what_stands_in_the_code():
    assert said("The loss fell by {share}.", share="3 %") == "The loss fell by 3 %."
    assert said("A {brace} without parts") == "A {brace} without parts"
    assert [counted(n, "{n} step", "{n} steps") for n in (0, 1, 2, 1234)] == [
        "0 steps",
        "1 step",
        "2 steps",
        "1,234 steps",
    ]
    assert numerals.number(1230.0) == "1,230"
    assert numerals.rounded(0.25) == "0.25"


def test_parts_of_a_sentence_stand_where_the_language_has_them(spoken):
    assert said("The loss fell by {share}.", share="3 %") == "Um 3 % fiel der Verlust."
    assert said("Nobody has translated {this}.", this="it") == "Nobody has translated it."


def test_a_language_has_plurals_of_its_own(spoken):
    told = [counted(n, "{n} step in {where}", "{n} steps in {where}", where="a") for n in (1, 2, 5, 22, 1234)]
    assert told == ["1 krok, a", "2 kroki, a", "5 kroków, a", "22 kroki, a", f"1{THIN}234 kroki, a"]


def test_a_translation_with_another_part_stops_nobody(spoken):
    assert said("Badly {done}", done="done") == "Badly done"


def test_one_text_may_have_two_uses(spoken):
    assert (translated("Set"), translated("Set", "verb")) == ("Satz", "Setzen")
    assert translated("what a person wrote") == to_say("what a person wrote") == "what a person wrote"


def test_numbers_have_the_signs_of_the_language(spoken):
    assert numerals.integer_text(-1234567.0) == f"−1{THIN}234{THIN}567"
    assert numerals.number(2.5e-7) == "2,5·10⁻⁷"
    assert numerals.precise(0.1) == "0,1"
    assert numerals.with_trailing_zeros(0.5, 3) == "0,500"
    assert numerals.scientific(1.541e-6) == "1,541e−6"
    assert numerals.percent(0.123) == "12,3\xa0%"
    assert numerals.integer_text(12345) == f"12{THIN}345"
    assert numerals.machine_readable(0.1) == "0.1"
    for value in (0.1, -1234.5, 1e-9):
        assert float(numerals.as_programs_read(numerals.precise(value))) == value


def test_what_is_typed_may_have_either_sign(spoken):
    assert numerals.read_typed("0,5") == numerals.read_typed("0.5") == 0.5
    assert numerals.read_typed("1,000") == 1.0
    assert numerals.read_typed(f"1{THIN}000") == 1000
    assert numerals.read_typed("0.125") == 0.125
    for unclear in ("1.000", "−25.125"):
        with pytest.raises(numerals.UnclearNumber, match="with a decimal comma or without the point"):
            numerals.read_typed(unclear)
    with pytest.raises(numerals.UnclearNumber):
        numerals.read_number("1,000")


def test_what_is_written_to_a_file_is_english(spoken):
    with english():
        assert said("The loss fell by {share}.", share=numerals.rounded(0.5)) == "The loss fell by 0.5."
        inside: list[str] = []
        other = threading.Thread(target=lambda: inside.append(numerals.rounded(0.5)))
        other.start()
        other.join()
        assert inside == ["0,5"]  # another thread shows something meanwhile
    assert numerals.rounded(0.5) == "0,5"


def test_what_was_kept_is_forgotten_with_the_language(spoken):
    calls = []

    @kept_by_language
    def sentence(share: str) -> str:
        calls.append(share)
        return said("The loss fell by {share}.", share=share)

    assert sentence("1") == sentence("1") == "Um 1 fiel der Verlust."
    assert calls == ["1"]
    choose_language(Language())
    assert sentence("1") == "The loss fell by 1."


def test_pages_are_translated_by_paragraphs(spoken):
    page = "# Title\n\nSome words.\n\n    code = words\n\nNew words.\n"
    assert paragraphs(page) == ["# Title", "Some words.", "New words."]
    assert page_in_language(page) == "# Titel\n\nEin paar Worte.\n\n    code = words\n\nNew words.\n"


def test_a_catalogue_is_read_as_its_editors_write_it():
    text = (
        'msgid ""\nmsgstr ""\n"Language: xx\\n"\n\n'
        "# said to a beginner\n#. a hint\n#: a.py b.py\n#, fuzzy\n#, python-format\n"
        'msgctxt "verb"\nmsgid ""\n"Set\\n"\n"it"\n'
        'msgstr "Setz \\"es\\""\n\n'
        'msgid "{n} step"\nmsgid_plural "{n} steps"\nmsgstr[0] "a"\nmsgstr[1] "b"\n\n'
        '#~ msgid "gone"\n#~ msgstr "weg"\n'
    )
    header, changed, steps = read_entries(text)
    assert header.said[0] == "Language: xx\n"
    assert (changed.context, changed.text, changed.said[0]) == ("verb", "Set\nit", 'Setz "es"')
    assert (changed.places, changed.notes, changed.hints) == (
        ["a.py", "b.py"],
        ["said to a beginner"],
        ["a hint"],
    )
    assert changed.fuzzy
    assert not changed.is_translated
    assert (steps.plural, steps.said, steps.is_translated) == ("{n} steps", {0: "a", 1: "b"}, True)
    with pytest.raises(ValueError, match="is not a line of a PO file: msg"):
        list(read_entries("msg hello"))


def test_the_languages_that_come_with_the_program_can_be_read():
    assert next(iter(languages())) == "en"
    for code in languages():
        assert read_language(code).name == languages()[code]
    with pytest.raises(ValueError, match="no language 'tlh'"):
        read_language("tlh")


HEADER = 'msgid ""\nmsgstr ""\n"X-Name: Test\\n"\n"X-Decimal-Sign: ,\\n"\n'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return the folder of a language that lies where those of the program do."""
    monkeypatch.setattr(resources, "_ROOT", tmp_path / "resources")
    made = tmp_path / "resources" / "languages" / "xx"
    made.mkdir(parents=True)
    (made / "window.po").write_text(HEADER)
    for cache in (translations.read_language, translations._name_of):
        cache.cache_clear()
    yield made
    for cache in (translations.read_language, translations._name_of):
        cache.cache_clear()


def test_a_folder_that_is_no_language_is_none(folder):
    (folder.parent / "notes").mkdir()
    (folder.parent / "readme.txt").write_text("words")
    assert translations.languages() == {"en": "English", "xx": "Test"}


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"words"])
def test_a_language_whose_name_cannot_be_read_is_called_as_its_folder(folder, content):
    (folder / "window.po").write_bytes(content)
    assert translations.languages() == {"en": "English", "xx": "xx"}


@pytest.mark.parametrize(
    ("part", "content", "fault"),
    [
        ("core", b"\xff\xfe", "xx/core.po: 'utf-8' codec can't decode"),
        ("help", b'msgid "a"\nmsgstr "b"\nwords', "xx/help.po: is not a line of a PO file: words"),
        (
            "window",
            HEADER.replace(": ,", ": comma").encode(),
            "xx/window.po: X-Decimal-Sign is no sign: 'comma'",
        ),
        ("window", f'{HEADER}"Plural-Forms: plural=import(n);\\n"'.encode(), "plural form"),
    ],
)
def test_what_is_wrong_with_a_language_is_told_with_its_file(folder, part, content, fault):
    (folder / f"{part}.po").write_bytes(content)
    with pytest.raises(ValueError, match=re.escape(fault)):
        translations.read_language("xx")


def test_a_plural_that_cannot_be_computed_is_the_first_and_one_that_is_none_is_english(folder):
    entry = 'msgid "{n} a"\nmsgid_plural "{n} as"\nmsgstr[0] "{n} null"\nmsgstr[1] "{n} eins"\n'
    text = f'{HEADER}"Plural-Forms: plural=n == 5 ? n - 9 : 2 % (n - 1);\\n"\n\n{entry}'
    (folder / "window.po").write_text(text)
    with speaking(translations.read_language("xx")):
        assert [counted(n, "{n} a", "{n} as") for n in (1, 2, 5)] == ["1 null", "2 null", "5 as"]


def test_a_translation_with_a_part_that_its_text_has_not_is_none(folder):
    pairs = {"At {step}": "Bei {schritt}", "By {x}": "Um {x}", "All": "Alles {"}
    entries = [f'msgid "{text}"\nmsgstr "{words}"\n' for text, words in pairs.items()]
    (folder / "core.po").write_text("\n".join(entries))
    texts = translations.read_language("xx").texts
    assert texts == {("", "By {x}"): ("Um {x}",)}
