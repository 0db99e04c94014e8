#!/bin/sh
# Install gdsim from the folder of this file, for the current user only. Root is not needed.
#
#   ./install.sh               install, or replace another version
#   ./install.sh --uninstall   remove it again; documents, settings and drafts are kept
#
# A copy of this file is installed too, so that the program can be removed without the unpacked archive.
set -eu

id=io.github.gdsim.gdsim
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)

# Not echo, because in some shells it interprets the backslashes in a path.
say() { printf '%s\n' "$1"; }

fail() {
    say "install.sh: $1" >&2
    exit 1
}

newline='
'
case ${HOME:-} in
    *"$newline"*) fail "the path of your home folder contains a line break, which a menu entry cannot hold" ;;
    /*) ;;
    *) fail "HOME must be the full path of your home folder, beginning with /" ;;
esac
# The XDG specification says that a relative path is to be ignored.
case ${XDG_DATA_HOME:-} in
    *"$newline"*) fail "XDG_DATA_HOME contains a line break" ;;
    /*) data=$XDG_DATA_HOME ;;
    *) data=$HOME/.local/share ;;
esac
program=$data/gdsim-program
bin=$HOME/.local/bin

refresh() {
    # Desktops without these tools need no refresh. A folder is missing where nothing was ever installed.
    for entry in "update-desktop-database -q:applications" "update-mime-database:mime" \
        "gtk-update-icon-cache -qtf:icons/hicolor"; do
        tool=${entry%%:*} folder=$data/${entry#*:}
        # shellcheck disable=SC2086 # the tool and its options
        if [ -d "$folder" ] && command -v ${tool%% *} >/dev/null; then $tool "$folder" || :; fi
    done
}

remove() {
    rm -rf -- "$program" "$program.new" "$program.old" # the last two exist after an interrupted installation
    rm -f -- "$data/applications/$id.desktop" "$data/mime/packages/$id.xml" "$data/metainfo/$id.metainfo.xml"
    rm -f -- "$data"/icons/hicolor/*/apps/$id.png "$data/icons/hicolor/scalable/apps/$id.svg"
    # Only our own link, not another program with the same name.
    if [ "$(readlink -- "$bin/gdsim" || :)" = "$program/gdsim" ]; then rm -f -- "$bin/gdsim"; fi
    refresh
}

case ${1:-} in
    --uninstall)
        remove
        say "gdsim has been removed. Your documents and settings were kept."
        exit 0
        ;;
    '') ;;
    *) fail "unknown argument $1; the only one is --uninstall" ;;
esac

[ -x "$here/gdsim/gdsim" ] || fail "the folder gdsim is not next to this file; please unpack the whole archive"
if { [ -e "$bin/gdsim" ] || [ -L "$bin/gdsim" ]; } && [ "$(readlink -- "$bin/gdsim" || :)" != "$program/gdsim" ]; then
    fail "$bin/gdsim belongs to another program; please move it away"
fi

mkdir -p -- "$data" "$bin"
# Copy everything before the older version is replaced.
rm -rf -- "$program.new" "$program.old"
cp -R -- "$here/gdsim" "$program.new"
# The copy must be writable so that it can be replaced later, even if the archive was unpacked write-protected.
chmod -R u+w -- "$program.new"
cp -- "$here/install.sh" "$program.new/"
if [ -e "$program" ]; then mv -- "$program" "$program.old"; fi
mv -- "$program.new" "$program"
rm -rf -- "$program.old"
ln -sfn -- "$program/gdsim" "$bin/gdsim"

cd -- "$here/share"
find . -type f | while read -r file; do
    mkdir -p -- "$data/$(dirname -- "$file")"
    cp -f -- "$file" "$data/$file"
done
# The Exec line needs the absolute path, because menus may start programs without ~/.local/bin on their PATH.
# The path is quoted only where necessary, because xdg-open without a desktop takes quotation marks for part of
# the path. Between the quotation marks, a backslash, quotation mark, grave accent and dollar sign need a backslash
# before them; then every backslash is doubled, as in any string of the file, and every percent sign as well.
case $bin/gdsim in
    *[!A-Za-z0-9_./:@,+-]*)
        quoted=\"$(printf '%s' "$bin/gdsim" | sed -e 's/[\\"`$]/\\&/g' -e 's/\\/\\\\/g' -e 's/%/%%/g')\"
        ;;
    *) quoted=$bin/gdsim ;;
esac
escaped=$(printf '%s' "$quoted" | sed -e 's/[\\&|]/\\&/g')
sed -i -e "s|^Exec=gdsim|Exec=$escaped|" -e '/^TryExec=/d' "$data/applications/$id.desktop"
refresh

say "gdsim is installed. Start it from the menu, or with $bin/gdsim."
say "To remove it again: '$program/install.sh' --uninstall"
case :$PATH: in
    *:"$bin":*) ;;
    *) say "$bin is not on your PATH; add it to start the program with just 'gdsim'." ;;
esac
