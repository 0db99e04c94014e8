"""Forms generated from definitions: a row for each setting, and a choice between kinds."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from gdsim.core.formulas.symbols import setting_letter, setting_name
from gdsim.core.language.texts import translated
from gdsim.core.model.edits import changed_values
from gdsim.core.settings import Configured, Definition, Setting
from gdsim.gui.forms.bubble import show_fault
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.editors import Editor, NumberEditor, editor_for
from gdsim.gui.forms.fields import Content
from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.forms.tips import describe_by_tip, set_tip, tip
from gdsim.gui.plain_text import PlainLabel, capitalized
from gdsim.gui.translation import tr

ROW_SPACING = 4
# Names of a library's arguments with more letters are broken into lines.
_LONGEST_ARGUMENT = 10


class RowLabel(PlainLabel):
    """The label at the left of a row; all labels have the same width, in any font and language."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent, name="rowLabel")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        # The widest of all labels, in every language, is one of these.
        labels = (tr("γ schedule"), tr("step length"), tr("after step"), tr("separator"), tr("deviation"))
        width = max(map(self.fontMetrics().horizontalAdvance, map(capitalized, labels))) + 4
        return QSize(max(width, super().sizeHint().width()), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


def form_row(label: str, widget: QWidget, help_: str = "") -> QWidget:
    """Return a row of a form; the tooltip of its label is ``help_``, or else that of the widget."""
    return _labelled(capitalized(label), widget, help_)


def _labelled(label: str, widget: QWidget, help_: str = "") -> QWidget:
    line = QWidget()
    name = RowLabel(label, line)
    name.setToolTip(tip(help_) if help_ else widget.toolTip())
    describe_by_tip(name)
    name.setBuddy(widget)
    fill_layout(QHBoxLayout(line), name, (widget, 1), gap=6)
    return line


def form_column(widget: QWidget, *rows: QWidget) -> QVBoxLayout:
    return fill_layout(QVBoxLayout(widget), *rows, gap=ROW_SPACING)


class SettingsForm(Editor):
    """A form with a row for each setting of a definition: symbol, slider and number, or a check box."""

    def __init__(self, kind: Definition, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = kind
        self.editors: dict[str, Editor] = {}
        layout = form_column(self)
        labels = [setting.label for setting in kind.settings]
        for setting in kind.settings:
            editor = self.editors[setting.name] = editor_for(setting)
            if isinstance(editor, NumberEditor) and labels.count(setting.label) > 1:
                editor.add_letter_to_name()
            set_tip(editor, translated(setting.doc), _heading(setting))
            editor.value_changed.connect(self._on_changed)
            editor.edit_finished.connect(self.edit_finished)
            argument = "" if setting.is_switch else _in_lines(setting.argument)
            layout.addWidget(
                _labelled(argument, editor)
                if argument
                else form_row("" if setting.is_switch else setting_letter(setting), editor)
            )

    def value(self) -> Configured[Definition]:
        return self.kind(**{name: editor.value() for name, editor in self.editors.items()})

    def set_value(self, value: Configured[Definition]) -> None:
        for name, editor in self.editors.items():
            editor.set_value(value[name])

    def _on_changed(self) -> None:
        self.value_changed.emit(self.value())


class KindForm(Editor):
    """A combo box of kinds, and the form of the chosen kind.

    The first kind of the catalogue ``choices`` is chosen initially. Separators divide it from the kinds in
    ``further``, in ``contrast``, and of a document, which `set_own` sets. For a value with the kind that the
    user chose, ``refusal`` returns a reason to refuse it, or "".
    """

    def __init__(
        self,
        label: str,
        doc: str,
        choices: Mapping[str, Definition],
        refusal: Callable[[Content], str] = lambda _: "",
        *,
        further: Mapping[str, Definition] | None = None,
        contrast: Mapping[str, Definition] | None = None,
    ) -> None:
        super().__init__()
        self._groups: list[Mapping[str, Definition]] = [choices, further or {}, contrast or {}, {}]
        # The kinds that are offered, by id; the last may be in none of the groups, such as a library's.
        self._kinds: dict[str, Definition] = {}
        self._refusal = refusal
        self._forms: dict[Definition, SettingsForm] = {}
        self.combo = ComboBox(label, doc)
        self._fill()
        self.combo.activated.connect(self._on_chosen)
        self._layout = form_column(self, form_row(label, self.combo, doc))
        self.form = self._form(next(iter(self._kinds.values())))

    def set_own(self, own: Mapping[str, Definition]) -> None:
        """Replace the kinds of a document, which are offered below a separator."""
        if own != self._groups[-1]:
            self._groups[-1] = own
            kind = self.form.kind
            self._fill(None if any(kind in group.values() for group in self._groups) else kind)
            self._choose(kind)

    def _fill(self, other: Definition | None = None) -> None:
        self.combo.clear()
        self._kinds = {}
        others = {other.id: other} if other else {}
        for group in (*self._groups, others):
            if group and self._kinds and group is not others:
                self.combo.insertSeparator(self.combo.count())
            for key, kind in group.items():
                self._kinds[key] = kind
                self.combo.addItem(capitalized(translated(kind.title)), key)
                last = self.combo.count() - 1
                self.combo.setItemData(last, tip(translated(kind.summary)), Qt.ItemDataRole.ToolTipRole)

    def put_below_choice(self, widget: QWidget) -> None:
        self._layout.insertWidget(1, widget)

    def value(self) -> Content:
        return self.form.value()

    def set_value(self, value: Content) -> None:
        kind = value.definition
        self._offer(kind)
        form = self._form(kind)
        form.set_value(value)
        self._choose(kind)
        if form is not self.form:
            self.form.hide()
            self.form = form
        form.setVisible(bool(kind.settings))
        for gone in self._forms.keys() - set(self._kinds.values()):
            self._forms.pop(gone).deleteLater()

    def _offer(self, kind: Definition) -> None:
        """Add a kind that is in no group, such as a library's, at the end of the choice."""
        if kind not in self._kinds.values():
            self._fill(kind)

    def _choose(self, kind: Definition) -> None:
        self.combo.choose(kind.id)

    def _form(self, kind: Definition) -> SettingsForm:
        """Return the form of a kind, created on first use."""
        if kind not in self._forms:
            form = self._forms[kind] = SettingsForm(kind, self)
            form.value_changed.connect(self.value_changed)
            form.edit_finished.connect(self.edit_finished)
            form.setVisible(False)
            self._layout.addWidget(form)
        return self._forms[kind]

    def _on_chosen(self, index: int) -> None:
        old = self.value()
        kind = self._kinds[self.combo.itemData(index)]
        if kind == old.definition:
            return
        new = kind(**changed_values(old, kind))
        refusal = self._refusal(new)
        if refusal:
            self._choose(old.definition)
            show_fault(self.combo, refusal)
            return
        self.set_value(new)
        self.value_changed.emit(new)
        self.edit_finished.emit()


def _in_lines(argument: str) -> str:
    """Break a long name of a library's argument into lines."""
    return argument if len(argument) <= _LONGEST_ARGUMENT else argument.replace("_", "_\n")


def _heading(setting: Setting) -> str:
    name = setting_name(setting)
    return f"{setting.argument}: {name}" if setting.argument and not setting.is_switch else capitalized(name)
