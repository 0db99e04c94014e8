"""Update rules and schedules: each is its lines, and what follows from them."""
