"""Accounts in which nothing is wrong, of many shapes."""

from __future__ import annotations

from bot.demo.world import API_GATEWAY, World, document, may_invoke, trust
