"""Kintsugi: a pasted AWS error becomes its cause and a fix that heals it."""
