"""The language of the window: a translator that answers from the catalogue, and the menu to choose it in.

``self.tr("…")`` and ``tr("…")`` reach it. An entry of the catalogue is a text and what
tells its uses apart, whichever class shows it. What Qt itself says, on the buttons of its dialogs, is in its
own files.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from gdsim.core.language.catalogue import ENGLISH, languages, read_language
from gdsim.core.language.key_names import KEYS, KEYS_CONTEXT, in_own_keys, is_mac
from gdsim.core.language.words import choose_language, chosen_language, said
from gdsim.core.settings import one_line
from gdsim.gui.preferences import Preferences

# For a start in a language, whatever was chosen in the window: tests, pictures.
VARIABLE = "GDSIM_LANGUAGE"
_KEY = "language"
# The classes of Qt, which says things in its own files.
_OF_QT = re.compile("Q[A-Z]")
# The one of them that names keys.
_NAMES_KEYS = "QShortcut"
_installed: list[QTranslator] = []


class CatalogueTranslator(QTranslator):
    """Answers from the language that is chosen; of what it does not know Qt asks the next one."""

    def isEmpty(self) -> bool:
        return False

    def translate(
        self, context: str, source: str, disambiguation: str | None = None, n: int = -1
    ) -> str | None:
        if context == _NAMES_KEYS and source in KEYS:
            return chosen_language().find(source, KEYS_CONTEXT)
        # None becomes the null text that Qt takes for "not known", as its key "Right" is: no answer is.
        if _OF_QT.match(context):
            return None
        return chosen_language().find(source, disambiguation or "") if source else None


class TranslatorOfMac(CatalogueTranslator):
    """Names the keys of a Mac, in every language."""

    def translate(
        self, context: str, source: str, disambiguation: str | None = None, n: int = -1
    ) -> str | None:
        found = super().translate(context, source, disambiguation, n)
        text = source if found is None else found
        named = in_own_keys(text)
        return found if named == text else named


def speak(app: QApplication, code: str) -> None:
    """Say everything in a language from now on; windows that are open stay as they are.

    Raises `ValueError` if there is no such language, or its files cannot be read.
    """
    language = read_language(code)
    for translator in _installed:
        app.removeTranslator(translator)
    _installed.clear()
    choose_language(language)
    QLocale.setDefault(QLocale(code))
    if code != ENGLISH:
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        of_qt = QTranslator(app)
        _installed.extend([of_qt] if of_qt.load(f"qtbase_{code}", folder) else [])
    # The last one is asked first.
    if is_mac():
        _installed.append(TranslatorOfMac(app))
    elif code != ENGLISH:
        _installed.append(CatalogueTranslator(app))
    for translator in _installed:
        app.installTranslator(translator)


def speak_at_start(app: QApplication, settings: Preferences, environ: Mapping[str, str]) -> str:
    """Say everything in the language of `language_at_start`.

    If it cannot be read, everything is said in English, and the reason is returned as a sentence.
    """
    try:
        speak(app, language_at_start(settings, environ))
    except ValueError as fault:
        speak(app, ENGLISH)
        return unread_text(fault)
    return ""


def unread_text(fault: ValueError) -> str:
    return said("The language cannot be read. {reason}", reason=one_line(str(fault)))


def language_at_start(settings: Preferences, environ: Mapping[str, str]) -> str:
    """Return the code that was asked for, or chosen last, or that of the system where there is one."""
    of_system = QLocale.system().name().partition("_")[0]
    wanted = (environ.get(VARIABLE, ""), settings.text(_KEY), of_system)
    return next((code for code in wanted if code in languages()), ENGLISH)


def language_asked_for(environ: Mapping[str, str]) -> str:
    """Return the code of the language that pictures are to speak: English where nobody asked."""
    code = environ.get(VARIABLE, "")
    return code if code in languages() else ENGLISH


def keep_language(settings: Preferences, code: str) -> None:
    settings.keep(_KEY, code)


def language_menu(parent: QWidget, choose: Callable[[str], object]) -> QMenu:
    """Return a menu of the languages, each called as in itself; ``choose`` is given a code."""
    menu = QMenu(parent)
    group = QActionGroup(menu)
    for code, name in languages().items():
        action = menu.addAction(name, partial(choose, code))
        action.setCheckable(True)
        action.setChecked(code == chosen_language().code)
        group.addAction(action)
    return menu
