"""The demo city: invented organisations, people and firms, and a year of history made by the real actions."""
