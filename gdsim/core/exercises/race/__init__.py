"""The fair race: rules are tuned with equal effort, and judged from other starts."""
