"""Fields, editors and forms: how settings are typed, and how wrong ones are refused."""
