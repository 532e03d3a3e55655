"""What the project promises about itself: names, layers, locks, targets."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import tomllib
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = {"catalogue", "config", "drivers", "fleet", "kiosk", "sync"}


def test_nobody_else_owns_our_import_names():
    owners = importlib.metadata.packages_distributions()
    assert {name: owners.get(name, ["guichet"]) for name in PACKAGES} == {name: ["guichet"] for name in PACKAGES}


@pytest.mark.parametrize("lock", ["run.txt", "test.txt"])
def test_every_locked_package_has_a_hash_and_no_address(lock):
    text = (ROOT / "lock" / lock).read_text()
    entries = re.split(r"\n(?=\S)", text.strip())
    assert len(entries) > 30
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text


def test_what_runs_is_locked_the_same_for_the_tests():
    def pins(lock):
        return dict(re.findall(r"^(\S+)==(\S+)", (ROOT / "lock" / lock).read_text(), re.MULTILINE))

    assert pins("run.txt").items() <= pins("test.txt").items()


def test_every_dependency_is_named_with_its_reason():
    project = (ROOT / "pyproject.toml").read_text()
    runtime = re.findall(r'^    "([a-z-]+)[>=]', project.split("[project.optional-dependencies]")[0], re.MULTILINE)
    reasons = (ROOT / "docs/dependencies.md").read_text()
    assert len(runtime) > 10
    assert [name for name in runtime if not re.search(rf"\b{name}\b", reasons)] == []


def test_every_module_that_says_no_io_is_held_to_it():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    held = next(each["source_modules"] for each in contracts if each["name"].startswith("What decides"))
    # What a package's first line says is true of the package's own text alone.
    modules = [path for name in PACKAGES for path in (ROOT / name).rglob("*.py") if path.name != "__init__.py"]
    said = [
        path for path in modules if "No I/O." in (ast.get_docstring(ast.parse(path.read_text())) or "").split("\n")[0]
    ]
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in said]
    assert len(names) > 100
    assert [name for name in names if not any(f"{name}.".startswith(f"{each}.") for each in held)] == []


def test_no_modules_import_each_other_not_even_in_a_circle():
    """Not even for types alone: who reads one of them should not have to know the other."""
    graph = grimp.build_graph(*PACKAGES, "demo", cache_dir=None)
    packages = [module for module in graph.modules if graph.find_children(module)]
    assert len(packages) > 20
    assert [circle for package in packages if (circle := graph.nominate_cycle_breakers(package))] == []


def test_make_help_names_every_target():
    said = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert [line.split()[0] for line in said.splitlines()] == targets


@pytest.mark.parametrize(
    "page", [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"], ids=lambda page: page.name
)
def test_every_link_of_a_page_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
