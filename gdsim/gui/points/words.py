"""The words for a table."""

from PySide6.QtCore import QCoreApplication

from gdsim.core.files.table.table import Column, ColumnKind, Outline, short


def _tr(text: str) -> str:
    return QCoreApplication.translate("Tables", text)


def delimiter_name(delimiter: str) -> str:
    """Return what separates the columns."""
    return {"\t": _tr("Tabs"), ";": _tr("Semicolons"), ",": _tr("Commas"), " ": _tr("Spaces")}[delimiter]


def decimal_name(decimal: str) -> str:
    return {".": _tr("Point: 0.5"), ",": _tr("Comma: 0,5")}[decimal]


def column_name(column: Column, place: int) -> str:
    """Return the name of a column, or its number where it has none."""
    return short(column.name) or _tr("column {n}").format(n=place + 1)


def counted_points(count: int) -> str:
    return _tr("1 point") if count == 1 else _tr("{n} points").format(n=f"{count:,}")


def understood(outline: Outline, count: int | None = None) -> str:
    """Return how a table was read; ``count`` is the number of its rows, once they are read."""
    dialect, words = outline.dialect, []
    if count is not None:
        words.append(_tr("1 row") if count == 1 else _tr("{n} rows").format(n=f"{count:,}"))
    words.append(_tr("{n} columns").format(n=len(outline.columns)))
    words.append(_tr("separated by {marks}").format(marks=delimiter_name(dialect.delimiter).lower()))
    words.append(_tr("decimal comma") if dialect.decimal == "," else _tr("decimal point"))
    words.append(_tr("with a row of names") if dialect.header else _tr("without a row of names"))
    if outline.encoding:
        words.append(_tr("in {encoding}").format(encoding=outline.encoding))
    sentence = ", ".join(words) + "."
    return " ".join(filter(None, (sentence, _left_out(outline), _unsure(outline))))


def _left_out(outline: Outline) -> str:
    names = [column_name(outline.columns[place], place) for place in outline.of_kind(ColumnKind.WORDS)]
    if not names:
        return ""
    if len(names) == 1:
        return _tr("{name} contains text and is left out.").format(name=names[0])
    more = _tr("{names} contain text and are left out.")
    return more.format(names=", ".join(names[:3]) + (", …" if len(names) > 3 else ""))


def _unsure(outline: Outline) -> str:
    if outline.dialect.sure:
        return ""
    return _tr("The commas may also be decimal marks; check the columns below.")
