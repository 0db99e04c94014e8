"""What the program declares to Linux, Windows and macOS: its name, version, links and file type."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from contents import ROOT

if TYPE_CHECKING:
    from pathlib import Path

APP_ID = "io.github.gdsim.gdsim"
TITLE = "The flight simulator of gradient descent"
SUMMARY = "flight simulator of gradient descent"
HOMEPAGE = "https://github.com/gdsim/gdsim"
# What NumPy's wheel requires, the most demanding of the wheels for macOS.
OLDEST_MACOS = "14.0"
MIME_TYPE = "application/x-gdsim-scene+json"
# Files with this suffix belong to the program; it can open .json files too, but those may contain anything.
EXTENSION = "gdsim"
# Links to scenes begin with this and a colon.
SCHEME = "gdsim"


def version() -> str:
    """Return the version in gdsim/__init__.py, without importing gdsim."""
    text = (ROOT / "gdsim" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"$', text, re.MULTILINE)
    if found is None:
        raise ValueError("gdsim/__init__.py has no version")
    return found[1]


def info_plist() -> dict[str, Any]:
    """Return the entries of Info.plist for macOS, such as the types of files and links that it may open."""
    return {
        "CFBundleDisplayName": "gdsim",
        "CFBundleShortVersionString": version(),
        "LSMinimumSystemVersion": OLDEST_MACOS,
        "NSHighResolutionCapable": True,
        "NSRequiresAquaSystemAppearance": False,
        "LSApplicationCategoryType": "public.app-category.education",
        "CFBundleDocumentTypes": [
            {
                "CFBundleTypeName": "gdsim scene",
                "CFBundleTypeRole": "Editor",
                "LSHandlerRank": "Owner",
                "LSItemContentTypes": [f"{APP_ID}.scene"],
            },
            {
                "CFBundleTypeName": "JSON",
                "CFBundleTypeRole": "Editor",
                "LSHandlerRank": "Alternate",
                "LSItemContentTypes": ["public.json"],
            },
        ],
        "CFBundleURLTypes": [{"CFBundleURLName": f"{APP_ID}.link", "CFBundleURLSchemes": [SCHEME]}],
        "UTExportedTypeDeclarations": [
            {
                "UTTypeIdentifier": f"{APP_ID}.scene",
                "UTTypeDescription": "gdsim scene",
                "UTTypeConformsTo": ["public.json"],
                "UTTypeTagSpecification": {
                    "public.filename-extension": [EXTENSION],
                    "public.mime-type": [MIME_TYPE],
                },
            },
        ],
    }


def version_resource() -> str:
    """Return the version resource of the Windows programs in PyInstaller's format."""
    numbers = [int(number) for number in re.findall(r"\d+", version())[:3]]
    four = tuple([*numbers, 0, 0, 0, 0][:4])
    words = {
        "CompanyName": "the gdsim developers",
        "FileDescription": TITLE,
        "FileVersion": version(),
        "InternalName": "gdsim",
        "LegalCopyright": "the gdsim developers; MIT licence",
        "OriginalFilename": "gdsim.exe",
        "ProductName": "gdsim",
        "ProductVersion": version(),
    }
    strings = ", ".join(f"StringStruct({key!r}, {value!r})" for key, value in words.items())
    return (
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={four}, prodvers={four}, mask=0x3f, flags=0x0,\n"
        "  OS=0x40004, fileType=0x1, subtype=0x0, date=(0, 0)),\n"
        f"  kids=[StringFileInfo([StringTable('040904B0', [{strings}])]),\n"
        "  VarFileInfo([VarStruct('Translation', [0x0409, 1200])])])\n"
    )


def write_version_resource(path: Path) -> None:
    path.write_text(version_resource(), encoding="utf-8")
