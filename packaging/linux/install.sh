#!/bin/sh
# Install gdsim for this user alone, from the folder that this file is in; no rights of root are needed.
#
#   ./install.sh               install, or put this version in place of another
#   ./install.sh --uninstall   remove it again; documents, settings and kept work stay
#
# A copy of this file stays with the program, to remove it when the unpacked archive is gone.
set -eu

id=io.github.gdsim.gdsim
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)

# Not echo: that of some shells reads the backslashes of a path.
say() { printf '%s\n' "$1"; }

fail() {
    say "install.sh: $1" >&2
    exit 1
}

newline='
'
case ${HOME:-} in
    *"$newline"*) fail "the name of your folder has a line end in it, which no menu can hold" ;;
    /*) ;;
    *) fail "HOME must name your own folder, from / on" ;;
esac
# A path that is not absolute is to be ignored, as its specification has it.
case ${XDG_DATA_HOME:-} in
    *"$newline"*) fail "XDG_DATA_HOME has a line end in it" ;;
    /*) data=$XDG_DATA_HOME ;;
    *) data=$HOME/.local/share ;;
esac
program=$data/gdsim-program
bin=$HOME/.local/bin

refresh() {
    # Desktops that lack these tools look by themselves; where nothing was installed, there is nothing to read.
    for one in "update-desktop-database -q:applications" "update-mime-database:mime" \
        "gtk-update-icon-cache -qtf:icons/hicolor"; do
        tool=${one%%:*} folder=$data/${one#*:}
        # shellcheck disable=SC2086 # the tool and its options
        if [ -d "$folder" ] && command -v ${tool%% *} >/dev/null; then $tool "$folder" || :; fi
    done
}

remove() {
    rm -rf -- "$program" "$program.new" "$program.old" # the last two if it was interrupted
    rm -f -- "$data/applications/$id.desktop" "$data/mime/packages/$id.xml" "$data/metainfo/$id.metainfo.xml"
    rm -f -- "$data"/icons/hicolor/*/apps/$id.png "$data/icons/hicolor/scalable/apps/$id.svg"
    # Only our own link, not another program of that name.
    if [ "$(readlink -- "$bin/gdsim" || :)" = "$program/gdsim" ]; then rm -f -- "$bin/gdsim"; fi
    refresh
}

case ${1:-} in
    --uninstall)
        remove
        say "gdsim is removed. Your documents and settings are where they were."
        exit 0
        ;;
    '') ;;
    *) fail "unknown argument $1; there is --uninstall, or nothing" ;;
esac

[ -x "$here/gdsim/gdsim" ] || fail "the folder gdsim is not beside this file: please unpack the whole archive"
if { [ -e "$bin/gdsim" ] || [ -L "$bin/gdsim" ]; } && [ "$(readlink -- "$bin/gdsim" || :)" != "$program/gdsim" ]; then
    fail "$bin/gdsim belongs to another program; please move it away"
fi

mkdir -p -- "$data" "$bin"
# Complete before it takes the place of an older one.
rm -rf -- "$program.new" "$program.old"
cp -R -- "$here/gdsim" "$program.new"
# One who unpacked it write-protected can still put another version in its place.
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
# Menus may start programs without ~/.local/bin on their path. Without a desktop, xdg-open takes quotation marks
# for part of the path, so they are left out where they are not needed. Within those of an Exec line a backslash goes
# before a backslash, a quotation mark, a grave accent and a dollar sign; then, as in every line of the file,
# each backslash is doubled. A percent sign is doubled too.
case $bin/gdsim in
    *[!A-Za-z0-9_./:@,+-]*)
        quoted=\"$(printf '%s' "$bin/gdsim" | sed -e 's/[\\"`$]/\\&/g' -e 's/\\/\\\\/g' -e 's/%/%%/g')\"
        ;;
    *) quoted=$bin/gdsim ;;
esac
escaped=$(printf '%s' "$quoted" | sed -e 's/[\\&|]/\\&/g')
sed -i -e "s|^Exec=gdsim|Exec=$escaped|" -e '/^TryExec=/d' "$data/applications/$id.desktop"
refresh

say "gdsim is installed. It is in the menu, and at $bin/gdsim."
say "To remove it again: '$program/install.sh' --uninstall"
case :$PATH: in
    *:"$bin":*) ;;
    *) say "$bin is not on your PATH; to type just 'gdsim', add it." ;;
esac
