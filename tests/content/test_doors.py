"""The command lines: what they print, and what they say when they cannot."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from fleet.commands import content as hub_content
from kiosk.commands import content

QUESTIONS = [
    "Situation avant le déménagement",
    "Nationalité",
    "Avez-vous des enfants à charge ?",
    "Situation professionnelle",
]
SHIPPED = Path(__file__).parents[2] / "demo/content/sheets"
app = typer.Typer()
app.command()(content.search)
app.command()(content.questionnaire)
app.command()(content.checklist)


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    path = tmp_path_factory.mktemp("doors") / "content.pack"
    built = run(hub_content.app, "build", SHIPPED, "-o", path)
    assert (built.exit_code, built.stderr) == (0, "")
    assert "64 sheets, 64 of them searchable" in built.stdout
    return path


def run(program, *words):
    return CliRunner().invoke(program, [str(word) for word in words])


def refusal(*words):
    result = run(app, *words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    return result.stderr


def test_search_prints_a_list_of_hits(pack):
    hits = json.loads(run(app, "search", "--pack", pack, "--json", "je déménage").stdout)
    assert (hits[0]["id"], hits[0]["title"], hits[0]["updated"]) == ("F14128", "Je déménage", "2020-01-08")
    assert set(hits[0]) == {"id", "title", "theme", "updated", "score"}


def test_search_prints_text_for_people(pack):
    assert run(app, "search", "--pack", pack, "carte vitale").stdout.startswith("F265    Carte Vitale (")
    assert run(app, "search", "--pack", pack, "???").stdout == "no sheet has these words\n"


def test_questionnaire_prints_questions_and_choices(pack):
    printed = json.loads(run(app, "questionnaire", "--pack", pack, "--json", "F14128").stdout)
    assert [question["title"] for question in printed["questions"]] == QUESTIONS
    assert printed["questions"][0]["choices"] == ["Locataire", "Propriétaire"]


def test_checklist_prints_chapters_of_items(pack):
    answers = ("--answer", "1=Locataire", "--answer", "2=français")
    chapters = json.loads(run(app, "checklist", "--pack", pack, "--json", "F14128", *answers).stdout)
    first = chapters[0]["items"][0]
    assert chapters[0]["title"] == "Démarches liées au logement actuel"
    assert first["text"].startswith("Je dois informer mon bailleur en respectant")
    assert first["links"] == [
        {"text": "en respectant un délai de préavis pouvant aller de 1 à 3 mois", "sheet": "F1168"}
    ]


def test_checklist_and_questionnaire_print_text_for_people(pack):
    assert "\nEnfants\n-------\n" in run(app, "checklist", "--pack", pack, "F14128").stdout
    assert "2. Nationalité\n   - Français\n" in run(app, "questionnaire", "--pack", pack, "F14128").stdout


def test_an_unknown_label_is_refused_with_those_that_exist(pack):
    said = refusal("checklist", "--pack", pack, "F14128", "--answer", "1=Squatteur")
    assert "'Squatteur'" in said
    assert "'Locataire', 'Propriétaire'" in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("checklist", "F14128", "--answer", "9=Oui"), "there is no question 9"),
        (("checklist", "F14128", "--answer", "Locataire"), "'Locataire' is not of the form NUMBER=LABEL"),
        (("checklist", "F14128", "--answer", "1=Locataire", "--answer", "1=Locataire"), "question 1 is answered twice"),
        (("checklist", "F265"), "F265 (Carte Vitale) has no questionnaire"),
        (("checklist", "F14128", "--answer", f"{'1' * 5000}=Locataire"), "is not of the form NUMBER=LABEL"),
        (("checklist", "F\udcff"), r"no sheet 'F\udcff'"),
        (("questionnaire", "F\udcff"), r"no sheet 'F\udcff'"),
        (("questionnaire", "F99999"), "no sheet 'F99999'"),
    ],
)
def test_what_cannot_be_answered_is_one_sentence(pack, words, says):
    assert says in refusal(words[0], "--pack", pack, *words[1:])


@pytest.mark.parametrize("command", ["search", "questionnaire", "checklist"])
def test_a_missing_pack_is_one_sentence(command, tmp_path):
    assert "there is no content pack" in refusal(command, "--pack", tmp_path / "none", "F14128")


@pytest.mark.parametrize("command", ["search", "questionnaire", "checklist"])
def test_a_damaged_pack_is_one_sentence(command, pack, tmp_path):
    path = tmp_path / "hole.pack"
    content = pack.read_bytes()
    path.write_bytes(content[:4096] + bytes(len(content) - 4096))
    assert "is damaged in" in refusal(command, "--pack", path, "F14128")


def test_a_pack_that_cannot_be_reached_is_one_sentence(tmp_path):
    assert "cannot be reached" in refusal("search", "--pack", tmp_path / ("n" * 300), "carte")


def test_the_builder_refuses_what_is_no_source(tmp_path):
    source = tmp_path / "bad.zip"
    source.write_bytes(b"no zip")
    for given, says in (
        (source, "is no readable zip"),
        (tmp_path / "none", "there is no source"),
        (tmp_path, "no readable zip"),
    ):
        result = run(hub_content.app, "build", given if given != tmp_path else source, "-o", tmp_path / "pack")
        assert (result.exit_code, result.stdout) == (2, "")
        assert says in result.stderr
    assert not (tmp_path / "pack").exists()


def test_the_builder_names_what_it_set_aside_and_builds_the_rest(shipped, tmp_path):
    folder = tmp_path / "sheets"
    folder.mkdir()
    (folder / "F265.json").write_bytes((shipped / "F265.json").read_bytes())
    (folder / "F1.xml").write_text("<Publication ID='F1'><dc:ti")
    unknown = (shipped / "F1420.json").read_text(encoding="utf-8").replace('"ASavoir"', '"Nouveau"', 1)
    (folder / "F1420.json").write_text(unknown, encoding="utf-8")
    result = run(hub_content.app, "build", folder, "-o", tmp_path / "p", "--report", tmp_path / "r.json")
    assert result.exit_code == 3
    assert "F1.xml was set aside" in result.stderr
    assert "F1420.json (sheet F1420) has unknown elements, kept as plain text: Nouveau" in result.stderr
    assert json.loads((tmp_path / "r.json").read_bytes())["set_aside"] == 1


def test_the_builder_says_when_it_cannot_write(shipped, tmp_path):
    (tmp_path / "file").write_text("")
    result = run(hub_content.app, "build", shipped / "F265.json", "-o", tmp_path / "file/pack")
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path):
    program = "from fleet.commands.content import app; app()"
    words = [
        "prlimit",
        "--fsize=100000",
        sys.executable,
        "-c",
        program,
        "build",
        SHIPPED,
        "-o",
        tmp_path / "p",
    ]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)
    assert list(tmp_path.iterdir()) == []


def test_the_doors_load_neither_screen_nor_printer():
    program = (
        "import sys, kiosk.commands.content, catalogue.search, catalogue.checklist; "
        "print(sorted({'kivy', 'escpos'} & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout == "[]\n"
