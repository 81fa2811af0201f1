"""`python -m bot`, the same as `kintsugi`."""

from bot.cli import main

main()
