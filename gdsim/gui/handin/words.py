"""What a task asks, in a sentence."""

from gdsim.core.formulas.numerals import count, number, percent
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
                run=run, there=count(stop.step + int(task["ahead"])), step=count(stop.step), share=share
            )
        case "quiz":
            words = tr("Questions about contour maps, made for your name: {n}.")
            return words.format(n=int(task["questions"]))
        case "check_work":
            words = tr("Compute “{run}” up to step {steps}, with at least {decimals} decimals.")
            return words.format(steps=int(task["steps"]), run=run, decimals=int(task["decimals"]))
        case "find_rate":
            words = tr(
                "Find a rate at which the loss of “{run}” gets low within {steps} steps: it must fall by at "
                "least {share} of what it falls by at the best rate of the ladder "
                "and of the finer ones around it."
            )
            share = percent(1.0 - float(task["within"]))
            return words.format(run=run, steps=count(int(task["steps"])), share=share)
        case "reach":
            words = tr(
                "Reach a loss of {loss} from the start of “{run}” with at most {n} evaluations of the "
                "gradient, by any rule of the menu and any settings."
            )
            return words.format(loss=number(float(task["loss"])), n=count(int(task["evaluations"])), run=run)
        case "fill_in":
            words = tr(
                "Fill in step {step} of “{run}”: each result with {digits} digits; one digit fewer is "
                "accepted."
            )
            return words.format(step=count(stop.step + 1), run=run, digits=int(task["digits"]))
        case _:
            words = tr("Answer in your own words, at least {n} of them.")
            if stop.question.pieces:
                words = tr("Answer the question of the stop in your own words, at least {n} of them.")
            return words.format(n=int(task["words"]))
