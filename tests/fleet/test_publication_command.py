"""From a folder of files to devices that believe it, by the operator's commands alone."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from config.trust import Trust
from fleet.commands import app
from fleet.content.build import build
from fleet.content.sources import documents
from fleet.publication.fault import ProposalError, PublicationError, SigningKeyError
from fleet.publication.keys import load, make

SHEET = Path(__file__).parents[2] / "demo/content/sheets/particuliers/F14128.json"
PASSPHRASE = "a long enough passphrase"  # noqa: S105  (of keys that live as long as the test)


def run(*arguments, passphrase=PASSPHRASE):
    """Run a command that must go well; return what it says."""
    done = CliRunner().invoke(app, [str(each) for each in arguments], env={"GUICHET_PASSPHRASE": passphrase})
    if done.exception:
        raise done.exception
    return done.output


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a hub's folder on which three holders have agreed, and their keys."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "hub/hub").mkdir(parents=True)
    for name in ("anne", "basile", "chloe"):
        run("signing", "new-key", folder / f"{name}.key")
    public = [folder / f"{name}.pub" for name in ("anne", "basile", "chloe")]
    run("signing", "holders", *public, "-o", folder / "first", "--hub", folder / "hub")
    sign_and_publish(folder, folder / "first")
    return folder


@pytest.fixture
def place(tmp_path, made):
    shutil.copytree(made, tmp_path / "place")
    return tmp_path / "place"


def sign_and_publish(place, proposal):
    for name in ("anne", "chloe"):
        run("sign", proposal, "--key", place / f"{name}.key")
    run("publish", proposal, "--hub", place / "hub")


def write(place, files):
    for path, text in files.items():
        (place / "wanted" / path).parent.mkdir(parents=True, exist_ok=True)
        (place / "wanted" / path).write_text(text)
    return place / "wanted"


def device(place):
    repository = place / "hub/publication"
    trust = Trust(place / "device", (repository / "metadata/1.root.json").read_bytes())
    return trust.refresh(repository, 0)


FILES = {"fleet.toml": '[structure]\nname = "A"\n', "group/rural/group.toml": "", "group/rural/device/bus-1.toml": ""}


def test_a_configuration_is_proposed_signed_published_and_believed(place):
    said = run("push", "config", write(place, FILES), "-o", place / "p", "--hub", place / "hub")
    assert said.splitlines()[:2] == ["group rural:", '  [structure] name: "A" (new)']
    sign_and_publish(place, place / "p")
    found = device(place).find("fleet.toml")
    assert found.check(place / "hub/publication").read_text() == FILES["fleet.toml"]


def test_a_dry_run_says_what_each_group_would_get_and_writes_nothing(place):
    said = run("push", "config", write(place, FILES), "--dry-run", "--hub", place / "hub")
    assert "group rural:" in said
    assert sorted(path.name for path in (place / "hub/publication/targets").rglob("*.toml")) == []


def test_the_same_push_twice_leaves_nothing_to_sign(place):
    folder = write(place, FILES)
    run("push", "config", folder, "-o", place / "p", "--hub", place / "hub")
    sign_and_publish(place, place / "p")
    again = run("push", "config", folder, "-o", place / "again", "--hub", place / "hub")
    assert again == "group rural: nothing changes\nnothing changes: nothing to sign\n"


def test_a_file_that_left_the_folder_leaves_the_fleet(place):
    folder = write(place, FILES)
    run("push", "config", folder, "-o", place / "p", "--hub", place / "hub")
    sign_and_publish(place, place / "p")
    (folder / "group/rural/device/bus-1.toml").unlink()
    run("push", "config", folder, "-o", place / "q", "--hub", place / "hub")
    sign_and_publish(place, place / "q")
    assert device(place).find("group/rural/device/bus-1.toml") is None


def test_holders_sign_copies_and_their_signatures_are_brought_together(place):
    (place / "pack.db").write_bytes(b"pack")
    run("push", "content", place / "pack.db", "-o", place / "p", "--hub", place / "hub")
    shutil.copytree(place / "p", place / "elsewhere")
    run("sign", place / "p", "--key", place / "anne.key")
    run("sign", place / "elsewhere", "--key", place / "basile.key")
    for signature in (place / "elsewhere/signatures").iterdir():
        shutil.copy(signature, place / "p/signatures")
    run("publish", place / "p", "--hub", place / "hub")
    assert device(place).find("content/pack.db").length_bytes == 4


def test_sheets_are_signed_as_they_travel(place):
    build(documents(SHEET), 1, place / "all.sheets", lambda: None)
    run("push", "content", place / "all.sheets", "-o", place / "p", "--hub", place / "hub")
    sign_and_publish(place, place / "p")
    assert device(place).find("content/all.sheets").length_bytes == (place / "all.sheets").stat().st_size


def test_a_pack_is_not_what_travels(place):
    build(documents(SHEET), 1, place / "all.pack", lambda: None)
    with pytest.raises(ProposalError, match="what a kiosk reads; what travels is the stream"):
        run("push", "content", place / "all.pack", "-o", place / "p", "--hub", place / "hub")


def test_a_stream_that_devices_could_not_use_is_not_pushed(place):
    (place / "bad.sheets").write_bytes(b"no sheets")
    with pytest.raises(ProposalError, match="it is no stream of sheets"):
        run("push", "content", place / "bad.sheets", "-o", place / "p", "--hub", place / "hub")
    assert not (place / "p").exists()


def test_a_holder_sees_what_he_signs(place):
    run("push", "config", write(place, FILES), "-o", place / "p", "--hub", place / "hub")
    said = run("sign", place / "p", "--key", place / "anne.key")
    assert "  new   fleet.toml, 23 bytes" in said.splitlines()


def test_a_file_that_was_changed_on_the_way_to_a_holder_is_not_signed(place):
    run("push", "config", write(place, FILES), "-o", place / "p", "--hub", place / "hub")
    (place / "p/targets/fleet.toml").write_text("evil")
    with pytest.raises(ProposalError, match=r"'fleet.toml' is not the file that would be signed"):
        run("sign", place / "p", "--key", place / "anne.key")


def test_one_holder_alone_publishes_nothing(place):
    run("push", "config", write(place, FILES), "-o", place / "p", "--hub", place / "hub")
    run("sign", place / "p", "--key", place / "anne.key")
    with pytest.raises(PublicationError, match="1 of 2 signatures missing"):
        run("publish", place / "p", "--hub", place / "hub")


def test_a_configuration_that_no_device_could_use_is_not_proposed(place):
    folder = write(place, FILES | {"group/rural/group.toml": "[screen]\nwidth = 7\n"})
    done = CliRunner().invoke(app, ["push", "config", str(folder), "-o", str(place / "p"), "--hub", str(place / "hub")])
    assert (done.exit_code, done.stderr.partition(": unknown")[0]) == (2, "group/rural/group.toml:2: screen.width")
    assert not (place / "p").exists()


def test_a_wrong_passphrase_opens_no_key(place):
    with pytest.raises(SigningKeyError, match="holds no key that this passphrase opens"):
        load(place / "anne.key", "another passphrase")


def test_a_short_passphrase_makes_no_key(tmp_path):
    with pytest.raises(SigningKeyError, match="at least 12 characters"):
        make(tmp_path / "short.key", "short")
    assert list(tmp_path.iterdir()) == []


def test_a_key_is_never_overwritten_and_only_its_owner_reads_it(place):
    with pytest.raises(SigningKeyError, match="cannot write"):
        make(place / "anne.key", PASSPHRASE)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (place / "anne.key", *(place / "hub/hub").glob("*.key"))}
    assert modes == {0o600}


def test_the_hub_holds_no_key_of_a_holder(place):
    assert sorted(path.name for path in (place / "hub").rglob("*.key")) == [
        "online.key",
        "snapshot.key",
        "timestamp.key",
    ]


def test_the_hubs_own_keys_are_taken_back_by_new_ones(place):
    before = device(place).versions
    public = [place / f"{name}.pub" for name in ("anne", "basile", "chloe")]
    run("signing", "holders", *public, "--new-online", "-o", place / "p", "--hub", place / "hub")
    run("signing", "renew", "--hub", place / "hub")  # by the old keys, while the new ones are not published
    sign_and_publish(place, place / "p")
    run("signing", "renew", "--hub", place / "hub")
    assert (before["root"], device(place).versions["root"]) == (1, 2)
    names = [path.name for path in (place / "hub/hub").glob("timestamp*.key")]
    assert sorted(names) == ["timestamp-2.key", "timestamp.key"]


def test_the_status_tells_versions_and_their_end(place):
    lines = run("signing", "status", "--hub", place / "hub").splitlines()
    assert [line.split()[:3] for line in lines] == [[name, "version", "1"] for name in ("root", "online", "targets")]


def test_what_is_in_force_is_prolonged_by_its_holders(place):
    run("signing", "prolong", "-o", place / "p", "--hub", place / "hub")
    sign_and_publish(place, place / "p")
    run("signing", "renew", "--hub", place / "hub")
    assert device(place).versions == {"root": 1, "timestamp": 3, "snapshot": 2, "targets": 2}


def test_a_folder_that_holds_no_proposal_is_named(place):
    with pytest.raises(ProposalError, match="holds no proposal"):
        run("sign", place / "nowhere", "--key", place / "anne.key")


def test_a_damaged_proposal_is_named(place):
    run("signing", "prolong", "-o", place / "p", "--hub", place / "hub")
    (place / "p/roles/targets.json").write_bytes(b"\xff{")
    with pytest.raises(ProposalError, match="is not as it was written"):
        run("publish", place / "p", "--hub", place / "hub")


def test_a_push_that_names_what_is_not_published_says_so(place):
    folder = write(place, {"fleet.toml": '[content]\npack = "all.pack"\n[theme]\nfont = "x.ttf"\n'})
    said = run("push", "config", folder, "--dry-run", "--hub", place / "hub")
    assert "content/all.sheets is not published: devices will refuse" in said
    assert "content/x.ttf is not published" in said
