"""Measures our road to the hub beside others: `python bench/roads.py [--quick] [--million] [--write]`."""

from __future__ import annotations

from bench.road.run import main

if __name__ == "__main__":
    main()
