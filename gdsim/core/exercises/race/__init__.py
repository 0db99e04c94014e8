"""The fair race: rules that are tuned alike, and judged on other starts."""
