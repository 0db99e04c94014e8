"""The editor of a fork: the step at which the run leaves its parent, the nudge, and the memory."""

from dataclasses import replace

from gdsim.core.analysis.memory_weights import takes_over_another
from gdsim.core.engine.beginning import carries_method
from gdsim.core.formulas.numerals import listed
from gdsim.core.language.texts import counted, translated
from gdsim.core.model.run import Fork, Run
from gdsim.core.model.search_checks import remembered_words
from gdsim.core.rules.carried import carried_letters, counts_on
from gdsim.core.rules.update_rule import T
from gdsim.core.settings import FORK_STEP, InvalidValue, Setting, switch
from gdsim.gui.forms.bubble import show_fault
from gdsim.gui.forms.editors import Editor, NumberEditor, SwitchEditor
from gdsim.gui.forms.form import form_column, form_row
from gdsim.gui.plain_text import hint_label
from gdsim.gui.settings.start_editor import StartEditor
from gdsim.gui.translation import tr


class ForkEditor(Editor):
    """Edits a `Fork`; sentences below say what the run takes over from its parent, and what begins anew."""

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self._fork = Fork(Run(start=(0.0,) * (dimension + 1)), 0)
        of_step = self.tr(
            "The last step that both runs share. Everything before it stays as in the other run."
        )
        step = Setting("step", "", self.tr("after step"), of_step, 0, FORK_STEP, 0.0, 1000.0)
        self._step = NumberEditor(step, slider=False)
        help_ = self.tr("What is added to w and b at that step. On the map, drag the ring.")
        self._nudge = StartEditor(dimension, help_, self.tr("nudge of {0}"))
        of_memory = self.tr("Continue with what the rule remembers; otherwise the memory starts afresh.")
        self._memory = SwitchEditor(switch("memory", self.tr("keep the memory"), of_memory))
        self._parent, self._words = hint_label(), hint_label()
        layout = form_column(self)
        layout.addWidget(form_row(self.tr("leaves"), self._parent))
        layout.addWidget(form_row(self.tr("after step"), self._step))
        layout.addWidget(form_row(self.tr("nudge"), self._nudge))
        layout.addWidget(self._memory)
        layout.addWidget(self._words)
        self._step.value_changed.connect(self._on_step)
        self._nudge.value_changed.connect(lambda nudge: self._change(replace(self._fork, nudge=nudge)))
        self._memory.value_changed.connect(lambda on: self._change(replace(self._fork, keeps_memory=on)))
        for editor in (self._step, self._nudge, self._memory):
            editor.edit_finished.connect(self.edit_finished)

    def value(self) -> Fork:
        return self._fork

    def set_value(self, value: Fork) -> None:
        self._fork = value
        self._parent.setText(value.parent.shown_name)
        self._step.set_value(value.step)
        self._nudge.set_value(value.nudge or (0.0,) * len(value.parent.start))
        self._memory.set_value(value.keeps_memory)

    def show_run(self, run: Run, points: int) -> None:
        """Say what a run over this number of points takes over from its parent."""
        self._words.show_words(carried_words(run, points))
        optimizer = run.optimizer
        self._memory.setVisible(bool(optimizer.update_rule.letters or remembered_words(optimizer)))

    def _on_step(self, step: int) -> None:
        try:
            fork = replace(self._fork, step=step)
        except InvalidValue as fault:
            self._step.set_value(self._fork.step)
            show_fault(self._step, self.tr("The step {0}.").format(fault.reason))
        else:
            self._change(fork)

    def _change(self, fork: Fork) -> None:
        self._fork = fork
        self.value_changed.emit(fork)


def carried_words(run: Run, points: int) -> str:
    """Return sentences that say what a fork takes over from its parent, and what begins anew.

    Empty for a run that is not a fork.
    """
    fork = run.fork
    if fork is None:
        return ""
    old, new = fork.parent.optimizer.update_rule, run.optimizer.update_rule
    kept = carried_letters(old, new) if fork.keeps_memory else ()
    anew = [letter for letter in new.letters if letter not in kept]
    others = [letter for letter in kept if takes_over_another(run, letter)]
    alike = [letter for letter in kept if letter not in others]
    said = []
    if alike:
        said.append(
            counted(
                len(alike),
                "{letters} continues as in “{run}”.",
                "{letters} continue as in “{run}”.",
                letters=listed(alike),
                run=fork.parent.shown_name,
            )
        )
    if others:
        said.append(
            counted(
                len(others),
                "{letters} starts from its value in “{run}”, which is gathered there in another way.",
                "{letters} start from their values in “{run}”, which are gathered there in another way.",
                letters=listed(others),
                run=fork.parent.shown_name,
            )
        )
    if anew:
        said.append(
            counted(len(anew), "{letters} starts afresh.", "{letters} start afresh.", letters=listed(anew))
        )
        if fork.keeps_memory:
            words = tr("{0} remembers nothing that could continue there.")
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
