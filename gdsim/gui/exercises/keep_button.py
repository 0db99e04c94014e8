"""A button that saves what an exercise shows in the document."""

from typing import Any, Generic, TypeVar, cast

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QPushButton

from gdsim.core.model.kept_windows import KeptMap, KeptRace
from gdsim.gui.actions import UserActions
from gdsim.gui.forms.tips import set_tip
from gdsim.session.session import Session

KeptT = TypeVar("KeptT", bound="KeptMap | KeptRace")


class KeepButton(QPushButton, Generic[KeptT]):
    """Button that stores what an exercise shows in the document, or takes it out again.

    ``name`` is the field of `Kept`, and ``edits`` has the names of both edits in the undo history.
    """

    def __init__(
        self, session: Session, user_actions: UserActions, name: str, what: str, edits: tuple[str, str]
    ) -> None:
        super().__init__()
        self._session, self._user_actions = session, user_actions
        self._name, self._what, self._edits = name, what, edits
        self.seen: KeptT | None = None  # what the document kept at the last look
        self._shown: KeptT | None = None
        self.setAutoDefault(False)
        self.clicked.connect(self._on_clicked)
        self.offer(None)

    @property
    def _kept(self) -> KeptT | None:
        return cast("KeptT | None", getattr(self._session.experiment.kept, self._name))

    def news(self) -> KeptT | None:
        """Return what the document keeps if others have changed that since the last call; otherwise None."""
        before, self.seen = self.seen, self._kept
        return self.seen if self.seen != before else None

    def offer(self, shown: KeptT | None) -> None:
        """Offer to keep what is shown, or to take it out if it is kept already; nothing for None."""
        self._shown = shown
        is_kept = shown is not None and shown == self._kept
        self.setEnabled(shown is not None)
        self.setText(self.tr("Take out of scene") if is_kept else self.tr("Keep in scene"))
        words = (
            self.tr("The document keeps {what} as shown; a click takes it out again.")
            if is_kept
            else self.tr("Keep {what} in the document, to be saved, shared and opened with it.")
        )
        set_tip(self, words.format(what=self._what))

    @Slot()
    def _on_clicked(self) -> None:
        keep, take_out = self._edits
        self.seen = None if self._shown == self._kept else self._shown
        place: dict[str, Any] = {self._name: self.seen}
        kept = self._session.experiment.kept._replace(**place)
        self._user_actions.keep(kept, keep if self.seen is not None else take_out)
