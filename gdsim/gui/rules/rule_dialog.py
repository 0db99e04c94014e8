"""The dialog in which a rule is typed: its title, its lines, and the settings found in the lines."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from gdsim.core.analysis.worked import rule_in_letters
from gdsim.core.formulas.syntax import FormulaError, TextSpan
from gdsim.core.language.texts import translated
from gdsim.core.rules.own_rule import MOST_TITLE_LETTERS, OwnRule, own_rule
from gdsim.core.rules.rule import Rule
from gdsim.core.rules.typed_lines import NamesToSet, names_to_set
from gdsim.core.settings import InvalidValue, Setting
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.dialog import dialog_buttons, heading
from gdsim.gui.forms.form import form_row
from gdsim.gui.forms.layouts import ABOVE_HEADING, DIALOG_MARGINS, fill_layout, plain_button
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.plain_text import hint_label, text_label
from gdsim.gui.rules.lines_editor import LinesEditor
from gdsim.gui.rules.setting_rows import SettingRows
from gdsim.gui.rules.typing_dialog import TypingDialog
from gdsim.gui.style.text_size import resize_window
from gdsim.gui.translation import tr
from gdsim.session.tasks import TaskQueue

_FIRST_LINES = "w_next = w - eta*g"


class CheckedRule(NamedTuple):
    """The result of checking a title and lines: a rule, or why they do not make one."""

    rule: OwnRule | None = None
    names: NamesToSet = NamesToSet((), ())
    words: str = ""
    span: TextSpan | None = None


def check_rule(title: str, lines: str, settings: tuple[Setting, ...], id_: str) -> CheckedRule:
    try:
        names = names_to_set(lines)
        return CheckedRule(own_rule(title, lines, settings, id_), names)
    except FormulaError as error:
        return CheckedRule(words=str(error), span=error.span)
    except InvalidValue as error:
        return CheckedRule(words=f"{tr('name')} {error.reason}" if error.key == "title" else str(error))


class RuleDialog(TypingDialog):
    """Edits a new rule, or the ``old`` one, which ``followers`` runs of the document follow."""

    accepted_rule = Signal(object)  # OwnRule
    remove_requested = Signal()  # to remove the old rule
    makes_late = True  # the rows of the settings

    def __init__(
        self,
        catalogue: Mapping[str, Rule],
        tasks: TaskQueue,
        old: OwnRule | None = None,
        followers: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        lines = LinesEditor(self.tr("Lines of the rule"))
        take = self.tr("Change the rule") if old else self.tr("Add the rule")
        super().__init__(tasks, lines, take, parent)
        self._catalogue, self._old = dict(catalogue), old
        self._settings: dict[str, Setting] = {}
        self._checked = CheckedRule()
        self.setWindowTitle(self.tr("Edit the rule") if old else self.tr("Your own rule"))
        self.title = QLineEdit(old.title if old else self.tr("My rule"))
        self.title.setMaxLength(MOST_TITLE_LETTERS)
        self.title.setAccessibleName(self.tr("Name of the rule"))
        self.start_from = self._make_choice()
        self.letters = text_label(name="formula")
        self.rows = SettingRows()
        self.remove = plain_button(self.tr("Remove the rule"), act=self._on_remove)
        self._arrange(followers)
        self._connect()
        if old is not None:
            self._load(old)
        else:
            self.lines.replace_all(_FIRST_LINES)
        self.check_now()
        self.lines.setFocus()
        resize_window(self, 760, 660)

    def start_with(self, rule: Rule) -> None:
        """Replace the lines and settings by those of a rule."""
        self._load(rule)
        if self._old is None:
            self.title.setText(self.tr("My {rule}").format(rule=rule.title)[:MOST_TITLE_LETTERS])
        self.check_now()

    def _load(self, rule: Rule) -> None:
        rows = [line.strip() for line in rule.lines.strip().splitlines()]
        self.lines.replace_all("\n".join(rows))
        self._settings = {one.name: one for one in rule.settings}

    def _make_choice(self) -> ComboBox:
        rules = [(translated(rule.title), key) for key, rule in self._catalogue.items()]
        return ComboBox(
            self.tr("Start from"),
            self.tr("Puts the lines and the settings of a rule here. Ctrl+Z brings back yours."),
            [(self.tr("what is typed here"), ""), *rules],
        )

    def _arrange(self, followers: int) -> None:
        names = hint_label(
            self.tr(
                "w is a weight or the bias, w_next what it becomes, g its gradient; t counts the updates. "
                "v_t is remembered, v is what it was before. g = grad(place) takes the gradient at a place "
                "that a line computes. Every other name is a setting."
            )
        )
        fault = self._fault_row(
            self.tr("What is wrong with the lines"), self.tr("Puts the cursor where the lines are wrong.")
        )
        fill_layout(
            QVBoxLayout(self.content),
            (
                fill_layout(
                    QVBoxLayout(),
                    form_row(self.tr("name"), self.title),
                    form_row(self.tr("start from"), self.start_from),
                    (self.lines, 1),
                    fault,
                    names,
                    ABOVE_HEADING,
                    heading(self.tr("In the lecture's letters")),
                    self.letters,
                    gap=6,
                ),
                1,
            ),
            ABOVE_HEADING,
            heading(self.tr("Settings, found in the lines")),
            self.rows,
            margins=DIALOG_MARGINS,
        )
        last = dialog_buttons(self, self.take)
        if self._old is not None:
            last.insertWidget(0, self.remove)
            words = self.tr("No run follows this rule.")
            if followers:
                words = self.tr(
                    "The {n} runs that follow this rule are removed, too; undo brings everything back."
                )
                if followers == 1:
                    words = self.tr("The run that follows this rule is removed, too; undo brings both back.")
            set_tip(self.remove, words.format(n=followers))
        self.set_foot(last)

    def _connect(self) -> None:
        self.title.textEdited.connect(self._on_typed)
        self.start_from.activated.connect(self._on_start_from)
        self.rows.changed.connect(self._on_setting)
        self.take.clicked.connect(self._on_take)

    def _on_start_from(self, index: int) -> None:
        key = self.start_from.itemData(index)
        if key:
            self.start_with(self._catalogue[key])

    def _on_setting(self, setting: Setting) -> None:
        self._settings[setting.name] = setting
        self.check_now()

    def _check(self) -> Callable[[], CheckedRule]:
        title, lines = self.title.text(), self.lines.toPlainText()
        id_ = self._old.id if self._old else ""
        return partial(check_rule, title, lines, tuple(self._settings.values()), id_)

    def _on_checked(self, checked: CheckedRule) -> None:
        words = checked.words or self._title_fault()
        if words and checked.span is not None:
            words = self.tr("Line {n}: {words}").format(n=checked.span.line + 1, words=words)
        elif words:
            words = words[:1].upper() + words[1:]
        self._checked = checked
        self._show_fault(words, checked.span)
        self.take.setEnabled(not words)
        rule = checked.rule
        self.letters.setEnabled(rule is not None)
        if rule is not None:  # else the last result stays, so that the layout does not jump during typing
            self._settings |= {one.name: one for one in rule.settings}
            self.letters.setText("\n".join(rule_in_letters(rule())))
            self.rows.show_settings(rule.settings, checked.names)

    def _title_fault(self) -> str:
        title = self.title.text().strip().casefold()
        if any(rule.title.casefold() == title for rule in self._catalogue.values()):
            return self.tr("there is already a rule of this name; give yours another one")
        return ""

    def _on_take(self) -> None:
        if self._checked.rule is not None:
            self.accepted_rule.emit(self._checked.rule)
            self.accept()

    def _on_remove(self) -> None:
        self.remove_requested.emit()
        self.accept()
