"""`guichet papers`, as an operator meets it before a push."""

from __future__ import annotations

from datetime import date

from typer.testing import CliRunner

from drivers.simulated.two_d_doc_authority import TwoDDocAuthority
from kiosk.commands import app


def test_a_list_is_read_as_a_kiosk_will(tmp_path):
    for authority_id in ("FR00", "FR99"):
        authority = TwoDDocAuthority(date(2024, 1, 1), date(2030, 12, 31), authority_id=authority_id)
        for number, der in enumerate(authority.certificates):
            (tmp_path / f"{authority_id}-{number}.der").write_bytes(der)
    said = CliRunner().invoke(app, ["papers", str(tmp_path)])
    assert said.output.splitlines() == [
        "FR00 FR00: test authority",
        "FR00 TST1: test authority",
        "1 issuers are believed, 2 certificates are left out",
    ]
