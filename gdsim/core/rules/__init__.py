"""Update rules and schedules, each defined by lines of formulas, and what follows from the lines."""
