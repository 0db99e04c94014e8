"""The language of the window: a translator for the catalogue, and the menu of languages.

``self.tr("…")`` and ``tr("…")`` call the translator. An entry of the catalogue is identified by its text and
a disambiguation, regardless of the class that shows it. Qt's own texts, such as the buttons of its dialogs,
come from Qt's files.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from gdsim.core.language.key_names import KEYS, KEYS_CONTEXT, in_own_keys, is_mac
from gdsim.core.language.texts import choose_language, chosen_language, said
from gdsim.core.language.translations import ENGLISH, languages, read_language
from gdsim.core.settings import one_line
from gdsim.gui.preferences import Preferences

# Overrides the language chosen in the window, for tests and pictures.
VARIABLE = "GDSIM_LANGUAGE"
_KEY = "language"
# Contexts of Qt's own texts, which are translated by Qt's files.
_OF_QT = re.compile("Q[A-Z]")
# The context of the names of keys.
_NAMES_KEYS = "QShortcut"
_installed: list[QTranslator] = []


class CatalogueTranslator(QTranslator):
    """Looks texts up in the chosen language; for unknown texts Qt asks the next translator."""

    def isEmpty(self) -> bool:
        return False

    def translate(
        self, context: str, source: str, disambiguation: str | None = None, n: int = -1
    ) -> str | None:
        if context == _NAMES_KEYS and source in KEYS:
            return chosen_language().find(source, KEYS_CONTEXT)
        # None becomes a null string, which tells Qt that the text is unknown.
        if _OF_QT.match(context):
            return None
        return chosen_language().find(source, disambiguation or "") if source else None


class TranslatorOfMac(CatalogueTranslator):
    """Replaces names of keys by those of a Mac, in every language."""

    def translate(
        self, context: str, source: str, disambiguation: str | None = None, n: int = -1
    ) -> str | None:
        found = super().translate(context, source, disambiguation, n)
        text = source if found is None else found
        named = in_own_keys(text)
        return found if named == text else named


def speak(app: QApplication, code: str) -> None:
    """Switch to a language; open windows keep theirs.

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
    """Switch to the language of `language_at_start`.

    If its files cannot be read, switch to English, and return the reason as a sentence.
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
    """Return the code of the requested language, the last chosen one, or the system's, if available."""
    of_system = QLocale.system().name().partition("_")[0]
    wanted = (environ.get(VARIABLE, ""), settings.text(_KEY), of_system)
    return next((code for code in wanted if code in languages()), ENGLISH)


def language_asked_for(environ: Mapping[str, str]) -> str:
    """Return the code of the requested language for pictures; English if there is no valid request."""
    code = environ.get(VARIABLE, "")
    return code if code in languages() else ENGLISH


def keep_language(settings: Preferences, code: str) -> None:
    settings.keep(_KEY, code)


def language_menu(parent: QWidget, choose: Callable[[str], object]) -> QMenu:
    """Return a menu of the languages by their own names; ``choose`` is called with a code."""
    menu = QMenu(parent)
    group = QActionGroup(menu)
    for code, name in languages().items():
        action = menu.addAction(name, partial(choose, code))
        action.setCheckable(True)
        action.setChecked(code == chosen_language().code)
        group.addAction(action)
    return menu
