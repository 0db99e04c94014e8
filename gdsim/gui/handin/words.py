"""What a task asks, in a sentence."""

from gdsim.core.formulas.numerals import exact, integer_text, percent
from gdsim.core.language.texts import counted
from gdsim.core.lessons.lesson import Stop
from gdsim.gui.translation import tr


def task_words(stop: Stop) -> str:
    task = stop.task
    if task is None:
        return ""
    run = stop.experiment.runs[stop.selected].shown_name if stop.experiment.runs else ""
    match task.id:
        case "predict":
            words = tr(
                "Where will “{run}” be at step {there}? The mark may be off by {share} of the way from step "
                "{step} to there."
            )
            share = percent(float(task["within"]))
            return words.format(
                run=run,
                there=integer_text(stop.step + int(task["ahead"])),
                step=integer_text(stop.step),
                share=share,
            )
        case "quiz":
            words = tr("Questions about contour maps, made for your name: {n}.")
            return words.format(n=int(task["questions"]))
        case "check_work":
            return counted(
                int(task["decimals"]),
                "Compute “{run}” up to step {steps}, with at least {n} decimal.",
                "Compute “{run}” up to step {steps}, with at least {n} decimals.",
                steps=int(task["steps"]),
                run=run,
            )
        case "find_rate":
            return counted(
                int(task["steps"]),
                "Find a rate at which the loss of “{run}” gets low within {n} step: it must fall by at "
                "least {share} of its fall at the best rate of the ladder and of the finer ones around it.",
                "Find a rate at which the loss of “{run}” gets low within {n} steps: it must fall by at "
                "least {share} of its fall at the best rate of the ladder and of the finer ones around it.",
                run=run,
                share=percent(1.0 - float(task["within"])),
            )
        case "reach":
            words = counted(
                int(task["evaluations"]),
                "Reach a loss of {loss} from the start of “{run}” with at most {n} evaluation of the "
                "gradient, by any rule from the menu and any settings.",
                "Reach a loss of {loss} from the start of “{run}” with at most {n} evaluations of the "
                "gradient, by any rule from the menu and any settings.",
                loss=exact(float(task["loss"])),  # answers are judged by all its digits
                run=run,
            )
            also = tr(
                "Each loss that a search tries and each equation that a second-order method solves counts as "
                "an evaluation, too."
            )
            return f"{words} {also}"
        case "fill_in":
            words = tr(
                "Fill in step {step} of “{run}”: each result with {digits} digits; one digit fewer is "
                "accepted."
            )
            return words.format(step=integer_text(stop.step + 1), run=run, digits=int(task["digits"]))
        case _:
            words = tr("Answer in your own words, at least {n} of them.")
            if stop.question.pieces:
                words = tr("Answer the question of the stop in at least {n} words of your own.")
            return words.format(n=int(task["words"]))
