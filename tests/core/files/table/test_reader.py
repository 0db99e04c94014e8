"""Tables in every dialect are read back exactly; whatever else comes is refused in a sentence."""

import codecs
import csv
import io
import tracemalloc

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gdsim.core.files.table.reader import read_table, reading_table, reading_table_file
from gdsim.core.files.table.table import Column, ColumnKind, RequestedFormat, Table, TableFault
from gdsim.core.language.texts import speaking
from gdsim.core.language.translations import read_language
from gdsim.core.model.points import PointSet
from gdsim.core.progress import run_to_end
from tests.every import every

AS_FOUND = RequestedFormat()
NUMBERS = st.floats(min_value=-1e100, max_value=1e100)


def fault_of(content, wish=AS_FOUND, source=""):
    with pytest.raises(TableFault) as caught:
        read_table(content, wish)
    return caught.value.of(source) if source else str(caught.value)


@every(
    "text",
    [
        "1.3\t0.15\n2.4\t0.9",
        "1.3\t0.15\n2.4\t0.9\n",
        "1.3\t0.15\r\n2.4\t0.9\r\n",
        "1.3\t0.15\r2.4\t0.9\r",
        "1,3\t0,15\n2,4\t0,9\n",
        "1.3;0.15\n2.4;0.9\n",
        "1,3;0,15\n2,4;0,9\n",
        "1.3, 0.15\n2.4, 0.9\n",
        "1.3,0.15\n2.4,0.9\n",
        "1.3 0.15\n 2.4   0.9\n",
        "1,3 0,15\n2,4 0,9\n",
        "x\ty\n1.3\t0.15\n2.4\t0.9\n",
        "first input, the answer\n1.3,0.15\n2.4,0.9\n",
        "Eingabe;Ziel\n1,3;0,15\n2,4;0,9\n",
        "\n1.3\t0.15\n\n\t\n2.4\t0.9\n\n",
        '"1.3"\t"0.15"\n"2.4"\t"0.9"\n',
        '"1,3","0,15"\n"2,4","0,9"\n',
        '"x\nof the\npoint","y"\n1.3,0.15\n2.4,0.9\n',
        '"x ""in"" metres";y\n1,3;0,15\n2,4;0,9\n',
        "\ufeff1.3\t0.15\n2.4\t0.9",
        "1.3\t0.15\t\n2.4\t0.9\t\n",
        "1.3\t0.15\t\n2.4\t0.9\n",
        "\t1.3\t0.15\n\t2.4\t0.9\n",
        "1.3\xa0\t0.15\n2.4\t0.9",
        "# made by hand\nx,y\n1.3,0.15\n# the other one\n2.4,0.9\n",
        "sep=;\nx;y\n1.3;0.15\n2.4;0.9\n",
        "sep=;\n1,3;0,15\n2,4;0,9\n",
        "1.30e0,15E-2\n+2.4,.9\n",
        "x,y,species\n1.3,0.15,iris setosa\n2.4,0.9,rose_2\n",
        'x,note,y\n1.3,"a, b\nand c",0.15\n2.4,,0.9\n',
    ],
)
def test_a_table_is_read(text):
    assert read_table(text).numbers.tolist() == [[1.3, 0.15], [2.4, 0.9]]
    assert read_table(text.encode()).numbers.tolist() == [[1.3, 0.15], [2.4, 0.9]]


def test_minus_signs_of_typographers_are_read():
    assert read_table("\u22121.3\t0.15\n2\t\u22120.9").numbers.tolist() == [[-1.3, 0.15], [2.0, -0.9]]


def test_commas_part_the_columns_of_whole_numbers_but_that_is_not_sure():
    table = read_table("1,5\n2,7\n")
    assert table.numbers.tolist() == [[1.0, 5.0], [2.0, 7.0]]
    assert not table.outline.dialect.sure
    assert read_table("1,5\n2,7\n", RequestedFormat(delimiter=",")).outline.dialect.sure
    assert read_table("1,5,3\n2,7,4\n").outline.dialect.sure
    assert read_table("1.5,5\n2.5,7\n").outline.dialect.sure


def test_a_comma_may_be_decimal_where_the_language_has_a_decimal_comma():
    """Of values with three decimals each may have its thousands parted, and is none in a German window."""
    with speaking(read_language("de")):
        assert read_table("-1,250\t2,500\n-1,125\t3,000").numbers.tolist() == [[-1.25, 2.5], [-1.125, 3.0]]
        assert read_table("1.250;2.500").numbers.tolist() == [[1.25, 2.5]]
        assert read_table("1,234.5;2.5").numbers.tolist() == [[1234.5, 2.5]]


def test_a_comma_is_decimal_where_another_one_must_be():
    assert read_table("1,000\t0,5\n2,000\t1,25").numbers.tolist() == [[1.0, 0.5], [2.0, 1.25]]


@every(
    "text",
    [
        "x;y\n1.234,5;0,5\n-12.345;1\n7;2",
        "x;y\n1,234.5;0.5\n-12,345;1\n7;2",
        "1.234,5\t0,5\n\u221212.345,00\t1\n7\t2",
        "1.234,5;0,5\n-12345;1\n7;2",
        '"1,234.5",0.5\n"-12,345",1\n7,2',
    ],
)
def test_thousands_are_parted_where_a_number_of_the_column_tells_by_what(text):
    table = read_table(text)
    assert table.numbers.tolist() == [[1234.5, 0.5], [-12345.0, 1.0], [7.0, 2.0]]


def test_thousands_are_parted_far_below_in_what_can_be_read_in_one_way_only():
    rows = read_table("x;y\n" + "0,5;1\n" * 500 + "1.234.567,5;1\n").numbers
    assert rows[-1].tolist() == [1234567.5, 1.0]


def test_what_was_understood_is_told():
    outline = read_table("Größe;y;Art\n1,5;2;klein\n2,5;3;groß\n".encode("cp1252")).outline
    assert (outline.dialect.delimiter, outline.dialect.decimal, outline.dialect.header) == (";", ",", True)
    assert outline.encoding == "Windows-1252"
    assert outline.columns == (
        Column("Größe", ColumnKind.NUMBERS),
        Column("y", ColumnKind.NUMBERS),
        Column("Art", ColumnKind.WORDS),
    )
    assert outline.rows == (("1,5", "2", "klein"), ("2,5", "3", "groß"))
    assert outline.body_line == 2


@every(
    ("encoding", "mark", "name"),
    [
        ("utf-8", b"", "UTF-8"),
        ("utf-8", codecs.BOM_UTF8, "UTF-8 with a byte order mark"),
        ("utf-16-le", codecs.BOM_UTF16_LE, "UTF-16"),
        ("utf-16-be", codecs.BOM_UTF16_BE, "UTF-16"),
        ("utf-32-le", codecs.BOM_UTF32_LE, "UTF-32"),
        ("cp1252", b"", "Windows-1252"),
    ],
)
def test_every_encoding_is_recognised(encoding, mark, name):
    table = read_table(mark + "größe,y\r\n1.5,0.5\r\n".encode(encoding))
    assert table.outline.encoding == name
    assert table.names == ("größe", "y")
    assert table.numbers.tolist() == [[1.5, 0.5]]


def test_a_title_above_the_names_is_left_out():
    text = "Readings of May 3;;\n\nx;y;class\n0,5;0,2;a\n1,5;0,4;b\n"
    table = read_table(text)
    assert table.names == ("x", "y")
    assert table.outline.dialect.header
    assert fault_of(text.replace("0,4", "four")) == 'Line 5, column 2 (y) must be a number, not "four".'
    # A row that the reader is told not to take for names is no title either, and neither is a number.
    assert "Readings" in fault_of(text, RequestedFormat(header=False))
    assert read_table("3;;\n1;2;3\n4;5;6\n4;5;6\n", RequestedFormat(header=True)).names[0] == "3"
    assert read_table("x\n1\t2\n3\t4\n".replace("x", "x\ty")).names == ("x", "y")


@every(
    ("content", "sentence"),
    [
        ("x,y\n1,2\n".encode("utf-16-le"), "p.csv is not text, or is in UTF-16 without a byte order mark"),
        (b"PK\x03\x04rest of a workbook", "p.csv is a workbook, not a text file; save the sheet as CSV"),
        (b"\xff\xfe1", "p.csv begins like a text in UTF-16, but cannot be read as one"),
        (b"\xff\xfe\x00\xd8\x00\xd8", "p.csv begins like a text in UTF-16, but cannot be read as one"),
        (b"x,y\n1,\x81\n", "p.csv is not text in UTF-8, UTF-16 or Windows-1252"),
    ],
)
def test_an_encoding_that_cannot_be_read_is_named(content, sentence):
    assert fault_of(content, source="p.csv").startswith(sentence)


_NO_NUMBER = "has no cell that is a number; cells are separated by a tab, a semicolon, a comma or a space"


@every(
    ("text", "sentence"),
    [
        ("", "The text holds no numbers."),
        ("  \n\t\n", "The text holds no numbers."),
        ("# 1,2\n", "The text holds no numbers."),
        ("x\ty\n", f"The text {_NO_NUMBER}."),
        ("one,two\nthree,four\n", f"The text {_NO_NUMBER}."),
        ("[[0.5, 0.2], [2.5, 0.9]]\n", f"The text {_NO_NUMBER}."),
        ("x|y\n1|2\n", f"The text {_NO_NUMBER}."),
        ("1\t2\n3\tabc", 'Line 2, column 2 must be a number, not "abc".'),
        ("x\ty\n1\t2\nfoo\t4", 'Line 3, column 1 (x) must be a number, not "foo".'),
        ("x\ty\n\n# 5\n1\t2\n\nfoo\t4", 'Line 6, column 1 (x) must be a number, not "foo".'),
        ('"x\n\n1",y\n1,2\n3,four\n', 'Line 5, column 2 (y) must be a number, not "four".'),
        ("x;y\n#NV;4\n1;2", 'Line 2, column 1 (x) must be a number, not "#NV".'),
        ("x;y\n1;2\n#DIV/0!;4", 'Line 3, column 1 (x) must be a number, not "#DIV/0!".'),
        ("1\t2\n#NAME?\t4", 'Line 2, column 1 must be a number, not "#NAME?".'),
        ("1\t2\n3\t", "Line 2, column 2 is empty."),
        ("1\t2\n3\t4\t5", "Line 2 has 3 columns, but the table has 2."),
        ("1\t2\n3\t4\n5", "Line 3 has 1 column, but the table has 2."),
        ("x,y\n1,2,3\n4,5,6\n", "Line 1 has 2 columns, but line 2 has 3."),
        ("x,y,z\n1,2\n4,5\n", "Line 1 has 3 columns, but line 2 has 2."),
        ("1", "Line 1 has 1 column of numbers, but at least 2 are needed."),
        (
            "1,000\t2,000",
            'Line 1, column 1 must be written with a decimal point or without the comma, not as "1,000".',
        ),
        (
            "1,000\t0.5",
            'Line 1, column 1 must be written with a decimal point or without the comma, not as "1,000".',
        ),
        ("1.234,5;1\n1.5;2", 'Line 2, column 1 must be written with a decimal comma, not as "1.5".'),
        ("1.234,5;1,5\n1;1.234", 'Line 2, column 2 must be written with a decimal comma, not as "1.234".'),
        (
            "1.234,5;1\n1,234.5;2",
            "Line 1, column 1 must be written with a decimal point or without the comma",
        ),
        ("1.23,5;1\n2;2", 'Line 1, column 1 must be a number, not "1.23,5".'),
        ("1e400\t1", 'Line 1, column 1 must be a number from -1e100 to 1e100, not "1e400".'),
        ("1\t1e101", 'Line 1, column 2 must be a number from -1e100 to 1e100, not "1e101".'),
        ("1" * 399 + "\t1", "Line 1, column 1 must be a number from -1e100 to 1e100, not "),
        ("nan\t1", 'Line 1, column 1 must be a number, not "nan".'),
        ("1\t1\n1\tNaN", 'Line 2, column 2 must be a number, not "NaN".'),
        ("1\t1\n1\t-inf", 'Line 2, column 2 must be a number, not "-inf".'),
        ("1\t1\n1_0\t1", 'Line 2, column 1 must be a number, not "1_0".'),
        ("1\t1\n٣\t1", 'Line 2, column 1 must be a number, not "٣".'),
        ("1;1\n1;50%", 'Line 2, column 2 must be a number, not "50%".'),
        (
            "1,5;1\n1;2.5",
            'Line 1, column 1 must be written with a decimal point or without the comma, not as "1,5".',
        ),
        ('1,2\n"3,4\n', "Line 2 has a quotation mark that is never closed."),
        ("1," * 60_000 + "1", "Line 1 has more than 100,000 characters."),
        ("1," * 1500 + "1", "Line 1 has 1,501 columns; at most 1,000 can be read."),
    ],
)
def test_a_fault_is_named_with_its_place(text, sentence):
    assert fault_of(text).startswith(sentence)


def test_a_fault_far_down_is_named_with_its_place():
    rows = [f"{row},{row / 7}" for row in range(16_000)]
    rows[15_777] = "5,abc"
    text = "x,y\n" + "\n".join(rows)
    assert fault_of(text, source="points.csv") == (
        'points.csv, line 15,779, column 2 (y) must be a number, not "abc".'
    )
    rows[15_777] = "5,6,7"
    assert "line 15,779 has 3 columns, but the table has 2." in fault_of(
        "x,y\n" + "\n".join(rows), source="p"
    )
    empty = "\n".join(["1,2,"] * 60_000 + ["1,2,3"])
    assert fault_of(empty) == 'Line 60,001, column 3 holds "3", but was empty before.'
    roles = "x,y,role\n" + "\n".join(["1,2,train"] * 60_000 + ["1,2,test"])
    assert fault_of(roles) == 'Line 60,002, column 3 (role) must be "train" or "val", not "test".'


def test_a_point_among_decimal_commas_is_refused():
    text = "\n".join(["1,5;2"] * 500 + ["1.5;2"])
    assert fault_of(text) == 'Line 501, column 1 must be written with a decimal comma, not as "1.5".'


def test_a_fault_tells_what_was_seen_before_it():
    with pytest.raises(TableFault) as caught:
        read_table("x;y\n1;2\n3;\n")
    assert caught.value.outline is not None
    assert caught.value.outline.rows == (("1", "2"), ("3", ""))
    with pytest.raises(TableFault) as caught:
        read_table("1,000\t2,000")
    assert caught.value.unclear


@pytest.mark.parametrize(
    ("wish", "rows"),
    [
        (RequestedFormat(decimal=","), [[1.0, 2.0], [3.0, 4.5]]),
        (RequestedFormat(decimal=",", header=True), [[3.0, 4.5]]),
    ],
)
def test_a_wish_is_obeyed(wish, rows):
    assert read_table("1,000;2\n3,000;4,5\n", wish).numbers.tolist() == rows


def test_roles_are_read():
    table = read_table("x,y,role\n1,2,train\n3,4,val\n5,6,Training\n7,8,validation\n")
    assert table.held_out is not None
    assert table.held_out.tolist() == [False, True, False, True]
    assert table.names == ("x", "y")
    assert read_table("x,y,role\n1,2,train\n3,4,hero\n").held_out is None


def test_files_are_read_and_refused(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("1,2.5\n", encoding="utf-8")
    assert run_to_end(reading_table_file(path)).numbers.tolist() == [[1.0, 2.5]]
    for other, sentence in ((tmp_path / "no.csv", "no.csv does not exist."), (tmp_path, "is a folder")):
        with pytest.raises(TableFault) as caught:
            run_to_end(reading_table_file(other))
        assert sentence in caught.value.of(other.name)
    with path.open("wb") as file:
        file.truncate(200_000_001)
    with pytest.raises(TableFault) as caught:
        run_to_end(reading_table_file(path))
    assert caught.value.of(path.name) == "points.csv is larger than 200 MB."


# ------------------------------------------------------------------------------------- any dialect

MARKS = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE, "utf-8": b""}


def written(numbers, *, delimiter, decimal, quoting, end, header, comment):
    """A table as another program writes it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=end)
    if comment:
        out.write(f'# it\'s a "comment"{end}{end}')
    if header:
        writer.writerow([f"column {place}" for place in range(numbers.shape[1])])
    for row in numbers.tolist():
        writer.writerow([repr(value).replace(".", decimal) for value in row])
    return out.getvalue()


@given(st.data(), st.integers(2, 4), st.integers(1, 20))
def test_a_table_in_any_dialect_is_read_back_exactly(data, width, n):
    numbers = data.draw(hnp.arrays(np.float64, (n, width), elements=NUMBERS))
    delimiter, decimal = data.draw(
        st.sampled_from([("\t", "."), ("\t", ","), (";", "."), (";", ","), (",", "."), (" ", ".")])
    )
    text = written(
        numbers,
        delimiter=delimiter,
        decimal=decimal,
        quoting=data.draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        end=data.draw(st.sampled_from(["\n", "\r\n", "\r"])),
        header=data.draw(st.booleans()),
        comment=data.draw(st.booleans()),
    )
    encoding = data.draw(st.sampled_from([*MARKS, "cp1252"]))
    table = read_table(MARKS.get(encoding, b"") + text.encode(encoding), RequestedFormat(decimal=decimal))
    assert np.array_equal(table.numbers, numbers)
    assert table.outline.dialect.delimiter == delimiter
    guessed = outcome(text)
    assert isinstance(guessed, TableFault) == (decimal == "," and not surely_decimal(numbers))
    if isinstance(guessed, Table):
        assert np.array_equal(guessed.numbers, numbers)


def surely_decimal(numbers):
    """Whether some comma cannot part thousands; repr has one in each number without an exponent."""
    texts = [repr(value) for value in numbers.ravel().tolist()]
    with_mark = [text for text in texts if "." in text]
    if not with_mark:
        return True
    return any(len(text.partition(".")[2]) != 3 or text.lstrip("-").startswith("0") for text in with_mark)


@given(st.integers(0, 2), st.integers(0, 3000), st.sampled_from(["1;2", '"1";"2"', "1;2;", "\u22121;2"]))
def test_the_quick_way_and_the_exact_way_agree(blank, n, line):
    """An unusual cell sends its block the exact way; the other blocks go the quick way."""
    lines = ["1;2"] * n + [""] * blank + [line] + ["3;0,1"] * n
    first = -1.0 if line[0] == "\u2212" else 1.0
    expected = [[1.0, 2.0]] * n + [[first, 2.0]] + [[3.0, 0.1]] * n
    assert read_table("\n".join(lines), RequestedFormat(";", ",", header=False)).numbers.tolist() == expected


# ----------------------------------------------------------------------------------- hostile input


def outcome(content, wish=AS_FOUND):
    """What a content is read as: a table, or a fault."""
    try:
        return read_table(content, wish)
    except TableFault as fault:
        return fault


WISHES = st.builds(
    RequestedFormat,
    st.sampled_from([None, "\t", ";", ",", " "]),
    st.sampled_from([None, ".", ","]),
    st.sampled_from([None, True, False]),
)
NASTY = st.text(st.sampled_from('0123456789.,;-+eE \t\n\r"x#_\xa0\ufeff\u2212nai')) | st.text()


@given(
    st.binary() | NASTY | NASTY.map(lambda text: text.encode("utf-8", "replace"))
    | NASTY.map(lambda text: text.encode("utf-16", "replace")),
    WISHES,
)  # fmt: skip
def test_whatever_comes_is_a_table_or_a_sentence(content, wish):
    result = outcome(content, wish)
    if isinstance(result, Table):
        n, k = result.numbers.shape
        assert n > 0
        assert k == len(result.names) >= 2
        assert (np.abs(result.numbers) <= 1e100).all()
        assert not result.numbers.flags.writeable
        PointSet(result.numbers[:, :-1], result.numbers[:, -1])
    else:
        for sentence in (str(result), result.of("some\nfile.csv")):
            assert sentence.isprintable()
            assert sentence.endswith(".")
            assert len(sentence) < 200


@given(st.text(st.sampled_from('1,;\n"#x ')), st.integers(0, 200))
@example('#;"', 0)  # a quotation mark in a comment begins no cell
@example("x\n", 0)  # a title above the names
def test_a_damaged_table_is_never_read_by_half(damage, at):
    good = "x;y\n" + "".join(f"{row};{row}\n" for row in range(20))
    text = good[:at] + damage + good[at:]
    result = outcome(text, RequestedFormat(";", "."))
    if isinstance(result, Table):
        held = [line for line in csv.reader(text.splitlines(), delimiter=";") if any(map(str.strip, line))]
        commented = sum(line[0].startswith("#") for line in held)
        assert len(result) <= sum(any(map(str.strip, line.split(";"))) for line in text.splitlines())
        title_and_names = 2
        assert len(result) >= len(held) - commented - title_and_names - text.count('"')


# -------------------------------------------------------------------------------------- large tables


def many_rows(count):
    x = np.arange(count) / 7.0
    return b"x,y\n" + b"".join(b"%.9f,0.5\n" % value for value in x.tolist())


def test_a_large_table_is_read_in_many_small_pieces():
    content = many_rows(180_000)
    shares = []
    table = run_to_end(reading_table(content), shares.append)
    assert len(shares) > 10
    assert shares == sorted(shares)
    assert shares[0] == 0.0
    assert shares[-1] == pytest.approx(1.0, abs=1e-4)
    assert np.allclose(table.numbers[:, 0], np.arange(len(table)) / 7.0, atol=1e-9)


def test_a_large_table_takes_little_memory(tmp_path):
    """The numbers of a row are 16 bytes; as a text alone it is 70."""
    rows, path = 100_000, tmp_path / "large.csv"
    path.write_bytes(many_rows(rows))
    tracemalloc.start()
    table = run_to_end(reading_table_file(path))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(table) == rows
    assert most < 120 * rows


def test_a_column_that_is_left_out_may_hold_anything():
    table = read_table("sep=;\nx;age;y\n1;21;0,2\n2;unknown;0,9\n", RequestedFormat(left_out=frozenset({1})))
    assert table.names == ("x", "y")
    assert table.numbers.tolist() == [[1.0, 0.2], [2.0, 0.9]]
