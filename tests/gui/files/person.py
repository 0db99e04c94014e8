"""Somebody at the window, who answers what is asked at once, as told beforehand."""


class Person:
    """Stands in for the dialogs.

    Attributes
    ----------
    asked : list of str
        The questions so far, and ``"open"`` or ``"save"`` for those about files.
    answers, files : list
        What to answer to the next ones; nothing is to leave the dialog.
    suggestions : list of Path
        What the dialogs about files proposed.
    """

    def __init__(self):
        self.asked, self.answers, self.files, self.suggestions = [], [], [], []

    def ask(self, question, answered):
        self.asked.append(question.text)
        assert self.answers, f"nobody expected {question.text!r}"
        answer = self.answers.pop(0)
        assert answer in question.answers
        answered(answer)

    def ask_open(self, folder, chosen):
        self._choose("open", folder, chosen)

    def ask_save(self, suggestion, chosen):
        self._choose("save", suggestion, chosen)

    def _choose(self, what, suggestion, chosen):
        self.asked.append(what)
        self.suggestions.append(suggestion)
        if self.files:
            chosen(self.files.pop(0))
