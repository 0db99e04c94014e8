"""What a run takes over from the one that it leaves, in words."""

from gdsim.core.engine.beginning import carries_method
from gdsim.core.formulas.numerals import listed
from gdsim.core.language.words import counted, translated
from gdsim.core.model.experiment import Run
from gdsim.core.model.searching import remembered_words
from gdsim.core.rules.carried import carried_letters, counts_on
from gdsim.core.rules.update_rule import T
from gdsim.gui.translation import tr


def carried_words(run: Run, points: int) -> str:
    """Return what of the memory goes on and what begins anew, over so many points, as sentences."""
    fork = run.fork
    if fork is None:
        return ""
    old, new = fork.parent.optimizer.update_rule, run.optimizer.update_rule
    kept = carried_letters(old, new) if fork.keeps_memory else ()
    anew = [letter for letter in new.letters if letter not in kept]
    said = []
    if kept:
        said.append(
            counted(
                len(kept),
                "{letters} goes on as it is in “{run}”.",
                "{letters} go on as they are in “{run}”.",
                letters=listed(kept),
                run=fork.parent.shown_name,
            )
        )
    if anew:
        said.append(
            counted(len(anew), "{letters} begins anew.", "{letters} begin anew.", letters=listed(anew))
        )
        if fork.keeps_memory:
            words = tr("{0} remembers nothing that could go on there.")
            said[-1] += " " + words.format(translated(fork.parent.optimizer.title))
    if remembered := remembered_words(run.optimizer):
        goes_on = tr("{0} It takes this over from “{1}”.")
        begins = tr("{0} It starts anew.")
        words = goes_on if carries_method(run) else begins
        said.append(words.format(remembered, fork.parent.shown_name))
    if T in new.program.free and not (fork.keeps_memory and counts_on(old, new)):
        said.append(tr("The rule counts its updates from t = 1 again."))
    if not run.takes_points_like(fork.parent, points):
        said.append(tr("A new pass over the points begins here."))
    return " ".join(said)
