"""The list of runs: which there are, which is selected, which are hidden."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QColorDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QMenu,
    QStyle,
    QStyleOptionViewItem,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from gdsim.core.model.experiment import Run
from gdsim.core.rules.catalogue import RULES
from gdsim.gui.forms.cell_delegate import CellDelegate
from gdsim.gui.forms.elided_label import elided_name
from gdsim.gui.forms.icon_button import IconButton
from gdsim.gui.forms.tips import plain, tip
from gdsim.gui.paint.drawing import SAMPLE_WIDTH, paint_sample
from gdsim.gui.runs.run_text import full_settings, short_settings
from gdsim.gui.style import icons as assets
from gdsim.gui.style.theme import LIGHT, RunStyle, Theme

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

STYLE_ROLE = int(Role.UserRole)
SETTINGS_ROLE = int(Role.UserRole) + 1
HIDDEN_ROLE = int(Role.UserRole) + 2
_ROOT = QModelIndex()
ROW_HEIGHT = 26
_EYE = 16
_MARGIN = 6
_GAP = 8
_LONGEST_NAME = 80
_FEWEST_ROWS, _MOST_ROWS = 3, 8


class RunModel(QAbstractListModel):
    """One row for each run. Editing a row renames its run."""

    renamed = Signal(int, object)  # int, Run

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runs: tuple[Run, ...] = ()
        self.styles: tuple[RunStyle, ...] = ()

    def set_runs(self, runs: Sequence[Run], styles: Sequence[RunStyle]) -> None:
        """Show other runs; the same number of them keeps the rows."""
        same_length = len(runs) == len(self.runs)
        if not same_length:
            self.beginResetModel()
        self.runs, self.styles = tuple(runs), tuple(styles)
        if not same_length:
            self.endResetModel()
        elif runs:
            self.dataChanged.emit(self.index(0), self.index(len(runs) - 1))

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.runs)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401 - Qt's own type
        if not index.isValid():
            return None
        run = self.runs[index.row()]
        match role:
            case Role.DisplayRole | Role.EditRole:
                shown: object = run.name
            case Role.ToolTipRole:
                shown = tip(full_settings(run), run.name)
            case Role.AccessibleTextRole:
                hidden = self.tr(", hidden") if run.hidden else ""
                shown = f"{run.name}: {full_settings(run)}{hidden}"
            case _:
                shown = {
                    STYLE_ROLE: self.styles[index.row()],
                    SETTINGS_ROLE: short_settings(run),
                    HIDDEN_ROLE: run.hidden,
                }.get(role)
        return shown

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:  # noqa: ANN401
        """Ask for another name; an empty one gives the run its rule's name again."""
        if role != Role.EditRole or not index.isValid():
            return False
        run = self.runs[index.row()]
        name = " ".join(str(value).split())
        if name != run.name:
            self.renamed.emit(index.row(), replace(run, name=name))
        return True


class RunDelegate(CellDelegate):
    """Paints and edits the rows of a `RunModel`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(160, max(ROW_HEIGHT, option.fontMetrics.height() + 10))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        self._paint_ground(painter, option)
        hidden = bool(index.data(HIDDEN_ROLE))
        sample, text, eye = _parts(option.rect)
        paint_sample(painter, sample, index.data(STYLE_ROLE), faded=hidden)
        self._paint_texts(painter, option, text, index, hidden=hidden)
        icon = assets.icon("eye-off" if hidden else "eye", self.theme.muted, self.theme.faint)
        near = bool(option.state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Selected))
        painter.setOpacity(1.0 if hidden or near else 0.8)
        icon.paint(painter, eye)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        if not (selected or hovered or focused):
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(self.theme.accent) if focused else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.accent_soft if selected else self.theme.page))
        painter.drawRoundedRect(option.rect.adjusted(1, 1, -1, -1), 6, 6)

    def _paint_texts(
        self, painter: QPainter, option: QStyleOptionViewItem, place: QRect, index: Index, *, hidden: bool
    ) -> None:
        name_font = QFont(option.font)
        name_font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(name_font)
        painter.setPen(QColor(self.theme.muted if hidden else self.theme.text))
        metrics, left = painter.fontMetrics(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        # The name comes first; the settings take what it leaves them.
        name = elided_name(metrics, index.data(), place.width())
        painter.drawText(place, left, name)
        rest = place.adjusted(metrics.horizontalAdvance(name) + _GAP, 0, 0, 0)
        small = QFont(option.font)
        small.setPixelSize(max(9, option.fontMetrics.height() - 4))
        painter.setFont(small)
        painter.setPen(QColor(self.theme.muted))
        metrics, right = painter.fontMetrics(), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if rest.width() > metrics.horizontalAdvance("η 1…"):
            settings = metrics.elidedText(
                index.data(SETTINGS_ROLE), Qt.TextElideMode.ElideRight, rest.width()
            )
            painter.drawText(rest, right, settings)

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """Say what the eye is for; elsewhere show the row's own tooltip."""
        if index.isValid() and event.type() == QEvent.Type.ToolTip and on_eye(option.rect, event.pos()):
            words = self.tr("Show this run") if index.data(HIDDEN_ROLE) else self.tr("Hide this run")
            QToolTip.showText(event.globalPos(), plain(words), view)
            return True
        return super().helpEvent(event, view, option, index)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        field = QLineEdit(parent)
        field.setObjectName("cell")
        field.setMaxLength(_LONGEST_NAME)
        field.setAccessibleName(self.tr("Name of the run"))
        field.setPlaceholderText(self.tr("the rule's name"))
        return field

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        editor.setGeometry(_parts(option.rect)[1].adjusted(-4, 2, 0, -2))


def on_eye(row: QRect, place: QPoint) -> bool:
    return _parts(row)[2].adjusted(-4, -6, _MARGIN, 6).contains(place)


def _parts(row: QRect) -> tuple[QRect, QRect, QRect]:
    """Return where line, texts and eye stand in a row."""
    inner = row.adjusted(_MARGIN, 0, -_MARGIN, 0)
    sample = QRect(inner.left(), inner.top(), SAMPLE_WIDTH, inner.height())
    size = round(_EYE * row.height() / ROW_HEIGHT)
    eye = QRect(inner.right() - size + 1, inner.center().y() - size // 2 + 1, size, size)
    text = QRect(inner)
    text.setLeft(sample.right() + 1 + _GAP)
    text.setRight(eye.left() - _GAP)
    return sample, text, eye


class RunView(QListView):
    """Lists the runs; asks for as much height as they need, up to a limit."""

    eye_clicked = Signal(int)  # row of a run
    remove_pressed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runView")
        self.setAccessibleName(self.tr("Runs"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.DoubleClicked | trigger.EditKeyPressed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        # Tab leads on to the next control, not to the next row.
        self.setTabKeyNavigation(False)

    def sizeHint(self) -> QSize:
        rows = min(max(self.model().rowCount(), _FEWEST_ROWS), _MOST_ROWS)
        return QSize(240, rows * self._row_height() + 2)

    def minimumSizeHint(self) -> QSize:
        """Return the size of a few rows; the rest is scrolled."""
        return QSize(140, min(_FEWEST_ROWS, max(1, self.model().rowCount())) * self._row_height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows; say what to do when there are none."""
        super().paintEvent(event)
        if not self.model().rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            words = self.tr("No runs yet: add one with +")
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, words)
            painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.currentIndex().isValid():
            self.remove_pressed.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._eye_under(event) is None:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        row = self._eye_under(event)
        if row is None:
            super().mouseReleaseEvent(event)
        else:
            self.eye_clicked.emit(row)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._eye_under(event) is None:
            super().mouseDoubleClickEvent(event)

    def _eye_under(self, event: QMouseEvent) -> int | None:
        place = event.position().toPoint()
        index: QModelIndex = self.indexAt(place)
        left = event.button() == Qt.MouseButton.LeftButton
        return index.row() if left and index.isValid() and on_eye(self.visualRect(index), place) else None

    def _row_height(self) -> int:
        return self.sizeHintForRow(0) if self.model().rowCount() else ROW_HEIGHT


class RunList(QWidget):
    """Shows the runs and asks for changes of them."""

    selected = Signal(int)
    add_requested = Signal(str)  # id of a rule
    duplicate_requested = Signal(int)
    remove_requested = Signal(int)
    # int, Run, str: a run with another name, colour or visibility, and the edit's name for undo.
    run_changed = Signal(int, object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runList")
        self._told = False
        self._model = RunModel(self)
        self._delegate = RunDelegate(self)
        self.view = RunView(self)
        self.view.setModel(self._model)
        self.view.setItemDelegate(self._delegate)
        # The buttons add, duplicate, colour, remove; made for the header of the card around the list.
        self.tools = QWidget(self)
        self._buttons = self._make_tools()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.tools)
        layout.addWidget(self.view)
        self._model.renamed.connect(self._on_renamed)
        self.view.selectionModel().currentChanged.connect(self._on_current)
        self.view.customContextMenuRequested.connect(self._open_menu)
        self.view.eye_clicked.connect(self._toggle_hidden)
        self.view.remove_pressed.connect(self.remove_requested)
        self._enable_tools()

    def set_runs(self, runs: Sequence[Run], styles: Sequence[RunStyle], selected: int) -> None:
        """Show the runs, each with its style, and which one is selected."""
        self._told = True
        self._model.set_runs(runs, styles)
        self._told = False
        self.set_selected(selected)
        self.view.updateGeometry()
        self._enable_tools()

    def set_selected(self, index: int) -> None:
        row = self._model.index(index)
        if row.isValid() and row != self.view.currentIndex():
            self._told = True
            self.view.setCurrentIndex(row)
            self._told = False

    def set_theme(self, theme: Theme) -> None:
        self._delegate.theme = theme
        for button in self._buttons:
            button.set_theme(theme)
        self.view.viewport().update()

    def menu_for(self, index: int) -> QMenu:
        menu = QMenu(self)
        run = self._model.runs[index]
        menu.addAction(self.tr("Rename"), lambda: self.view.edit(self._model.index(index)))
        menu.addAction(self.tr("Duplicate"), lambda: self.duplicate_requested.emit(index))
        hide = self.tr("Show") if run.hidden else self.tr("Hide")
        menu.addAction(hide, lambda: self._toggle_hidden(index))
        menu.addSeparator()
        menu.addAction(self.tr("Colour…"), lambda: self._pick_colour(index))
        own = menu.addAction(self.tr("Colour of the rule"), lambda: self._recolour(index, ""))
        own.setEnabled(bool(run.colour))
        menu.addSeparator()
        menu.addAction(self.tr("Remove"), lambda: self.remove_requested.emit(index))
        return menu

    def _make_tools(self) -> tuple[IconButton, ...]:
        add = IconButton("plus", self.tr("Add a run"), self.tr("Choose the rule that the new run follows."))
        add.setMenu(self._add_menu())
        add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        duplicate = IconButton(
            "duplicate",
            self.tr("Duplicate"),
            self.tr("Add a copy of the selected run."),
        )
        colour = IconButton("palette", self.tr("Colour"), self.tr("Choose the colour of the selected run."))
        remove = IconButton("trash", self.tr("Remove"), self.tr("Remove the selected run (Delete)."))
        duplicate.clicked.connect(lambda: self.duplicate_requested.emit(self._current()))
        colour.clicked.connect(lambda: self._pick_colour(self._current()))
        remove.clicked.connect(lambda: self.remove_requested.emit(self._current()))
        layout = QHBoxLayout(self.tools)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addStretch(1)
        buttons = (add, duplicate, colour, remove)
        for button in buttons:
            layout.addWidget(button)
        return buttons

    def _add_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for key, rule in RULES.items():
            action = menu.addAction(rule.title)
            action.setData(key)
            action.setToolTip(tip(rule.summary))
        menu.triggered.connect(lambda action: self.add_requested.emit(action.data()))
        return menu

    def _current(self) -> int:
        return self.view.currentIndex().row()

    def _enable_tools(self) -> None:
        for button in self._buttons[1:]:
            button.setEnabled(bool(self._model.runs))

    def _open_menu(self, place: QPoint) -> None:
        index = self.view.indexAt(place)
        if index.isValid():
            menu = self.menu_for(index.row())
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(self.view.viewport().mapToGlobal(place))

    def _pick_colour(self, index: int) -> None:
        # Qt's own dialog looks and behaves alike everywhere, and follows the theme.
        dialog = QColorDialog(QColor(self._model.styles[index].colour), self)
        dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
        dialog.setWindowTitle(self.tr("Colour of {0}").format(self._model.runs[index].name))
        dialog.colorSelected.connect(lambda colour: self._recolour(index, colour.name()))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _recolour(self, index: int, colour: str) -> None:
        self._change(index, replace(self._model.runs[index], colour=colour), self.tr("Colour run"))

    def _toggle_hidden(self, index: int) -> None:
        run = self._model.runs[index]
        name = self.tr("Show run") if run.hidden else self.tr("Hide run")
        self._change(index, replace(run, hidden=not run.hidden), name)

    def _on_renamed(self, index: int, run: Run) -> None:
        self._change(index, run, self.tr("Rename run"))

    def _change(self, index: int, run: Run, name: str) -> None:
        if run != self._model.runs[index]:
            self.run_changed.emit(index, run, name)

    def _on_current(self, current: QModelIndex) -> None:
        if not self._told and current.isValid():
            self.selected.emit(current.row())
