"""What is damaged in a source is named, the rest is used, and nothing hangs."""

import gzip
import io
import os
import tarfile
import zipfile

import pytest

from fleet.content.build import build
from fleet.content.reading import SetAside, read
from fleet.content.sources import Document, SourceError, count, documents

TOO_LARGE_BYTES = 33 * 1024 * 1024


def faults(source):
    assert count(source) >= 1
    return {document.name: document.fault for document in documents(source)}


@pytest.mark.parametrize("encoding", ["foo", "rot13", "hex", "zlib"])
def test_an_encoding_which_is_none_is_set_aside(encoding):
    content = f"<?xml version='1.0' encoding='{encoding}'?><Publication ID='F1'/>".encode()
    outcome = read(Document("F1.xml", content))
    assert isinstance(outcome, SetAside)
    assert "no well-formed XML" in outcome.reason


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_member_is_named_whatever_its_compression(method, tmp_path):
    source = tmp_path / "z.zip"
    with zipfile.ZipFile(source, "w", method) as archive:
        archive.writestr("F1.xml", os.urandom(2000))
        archive.writestr("F2.xml", "<Publication/>")
    content = bytearray(source.read_bytes())
    content[40:300] = b"\xff" * 260
    source.write_bytes(content)
    found = faults(source)
    assert "cannot be unpacked" in found["F1.xml"]
    assert found["F2.xml"] == ""


def zip_of_two(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("F1.xml", "<Publication/>")
        archive.writestr("F2.xml", "<Publication/>")
    return bytearray(path.read_bytes())


def test_a_member_under_a_password_is_named(tmp_path):
    source = tmp_path / "z.zip"
    content = zip_of_two(source)
    for signature, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        content[content.index(signature) + flags] |= 1
    source.write_bytes(content)
    found = faults(source)
    assert "password" in found["F1.xml"]
    assert found["F2.xml"] == ""


@pytest.mark.parametrize(("offset", "byte"), [(6, 200), (46, 0xFF)])
def test_a_zip_of_a_newer_version_or_with_names_in_no_encoding_is_refused(offset, byte, tmp_path):
    source = tmp_path / "z.zip"
    content = zip_of_two(source)
    start = content.index(b"PK\1\2")
    content[start + 9] |= 0x08  # "names are UTF-8"
    content[start + offset] = byte
    source.write_bytes(content)
    with pytest.raises(SourceError, match="no readable zip"):
        count(source)
    with pytest.raises(SourceError, match="no readable zip"):
        list(documents(source))


def package(*names):
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = 2000
            archive.addfile(member, io.BytesIO(bytes(range(250)) * 8))
    return plain.getvalue()


def with_bad_header(plain):
    return gzip.compress(plain[:2560] + b"?" * 512 + plain[3072:])


def with_bad_data(plain):
    whole = gzip.compress(plain)
    return whole[:60] + b"\xff" * 60 + whole[120:]


@pytest.mark.parametrize(
    "damaged",
    [
        with_bad_header,
        with_bad_data,
        lambda plain: gzip.compress(plain)[:-8] + bytes(8),
        lambda plain: gzip.compress(plain)[:-20],
    ],
)
def test_a_damaged_package_is_refused_not_cut_short(damaged, tmp_path):
    source = tmp_path / "p.tgz"
    source.write_bytes(gzip.compress(package("F1.json", "F2.json")))
    assert faults(source) == {"F1.json": "", "F2.json": ""}
    source.write_bytes(damaged(package("F1.json", "F2.json")))
    with pytest.raises(SourceError, match="no readable npm package"):
        list(documents(source))


def test_what_cannot_be_a_sheet_in_a_folder_is_named_and_the_rest_is_used(tmp_path):
    (tmp_path / "F1.xml").write_text("<Publication/>")
    os.mkfifo(tmp_path / "F2.xml")
    (tmp_path / "F3.xml").symlink_to(tmp_path / "nowhere")
    with (tmp_path / "F4.xml").open("wb") as file:
        file.truncate(TOO_LARGE_BYTES)
    found = faults(tmp_path)
    assert found == {
        "F1.xml": "",
        "F2.xml": "it is no regular file",
        "F3.xml": "it cannot be read: No such file or directory",
        "F4.xml": "34603008 bytes are too many for a sheet",
    }
    assert faults(tmp_path / "F4.xml") == {"F4.xml": "34603008 bytes are too many for a sheet"}


def test_a_pipe_is_no_source(tmp_path):
    os.mkfifo(tmp_path / "F1.xml")
    with pytest.raises(SourceError, match="is neither a folder nor"):
        count(tmp_path / "F1.xml")


def test_a_name_which_is_no_text_is_written_as_text(shipped, tmp_path):
    content = (shipped / "F265.json").read_bytes()
    (tmp_path / os.fsdecode(b"F\xff\n.json")).write_bytes(content)
    report = build(documents(tmp_path), 1, tmp_path / "pack", lambda: None)
    assert b"udcff" in report.as_json()
    assert report.lines[0].document == "F\\udcff\\n.json"
