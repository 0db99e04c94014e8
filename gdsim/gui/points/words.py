"""The sentences about points and about tables that are read."""

from gdsim.core.files.table.table import Column, ColumnKind, Outline, short_column_name
from gdsim.core.language.texts import counted, translated
from gdsim.gui.translation import tr

# More rows make a text that spreadsheets refuse.
_MOST_COPIED = 50_000


def column_name(column: Column, place: int) -> str:
    """Return the name of a column, or its number if it has none."""
    return short_column_name(column.name) or tr("column {n}").format(n=place + 1)


def counted_points(count: int) -> str:
    return counted(count, "{n} point", "{n} points")


def copy_fault(count: int) -> str:
    """Say that this many points are too many for the clipboard; empty if they are not."""
    if count <= _MOST_COPIED:
        return ""
    words = tr("{points} are too many for the clipboard; export them as a file.")
    return words.format(points=counted_points(count))


def reading_words(outline: Outline, count: int | None) -> str:
    """Say how a table was read; ``count`` is the number of its rows, once they are read."""
    dialect, words = outline.dialect, []
    if count is not None:
        words.append(counted(count, "{n} row", "{n} rows"))
    words.append(counted(len(outline.columns), "{n} column", "{n} columns"))
    words.append(
        {
            "\t": tr("separated by tabs"),
            ";": tr("separated by semicolons"),
            ",": tr("separated by commas"),
            " ": tr("separated by spaces"),
        }[dialect.delimiter]
    )
    words.append(tr("decimal comma") if dialect.decimal == "," else tr("decimal point"))
    words.append(tr("with a row of names") if dialect.header else tr("without a row of names"))
    if outline.encoding:
        words.append(tr("in {encoding}").format(encoding=translated(outline.encoding)))
    sentence = ", ".join(words) + "."
    return " ".join(filter(None, (sentence, _left_out(outline), _unsure(outline))))


def _left_out(outline: Outline) -> str:
    names = [column_name(outline.columns[place], place) for place in outline.of_kind(ColumnKind.WORDS)]
    if not names:
        return ""
    if len(names) == 1:
        return tr("{name} contains text and is left out.").format(name=names[0])
    more = tr("{names} contain text and are left out.")
    return more.format(names=", ".join(names[:3]) + (", …" if len(names) > 3 else ""))


def _unsure(outline: Outline) -> str:
    if outline.dialect.sure:
        return ""
    return tr("The commas may also be decimal marks; check the columns below.")
