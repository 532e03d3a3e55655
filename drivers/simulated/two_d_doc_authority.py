"""An authority of our own that issues 2D-Doc codes, for tests, training and the demo. Adapter (files).

    python -m drivers.simulated.two_d_doc_authority --certificates FOLDER

Writes its certificates into FOLDER, which a kiosk is then told to believe, prints « ready FOLDER » and obeys one
command a line: `issue PAPER` answers `code` and the code in hexadecimal, `picture PAPER PATH` writes it as a DataMatrix
(PNG). PAPER is one of `SPECIMENS`, then perhaps `altered`, `unknown`, `expired` or `old`. Its keys end with it.
"""

from __future__ import annotations

import argparse
import base64
import io
import sys
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from drivers.simulated.two_d_doc_specimens import SPECIMENS
from drivers.two_d_doc.definitions import lengths
from drivers.two_d_doc.fields import Field, join

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.simulated.two_d_doc_specimens import Sheet

AUTHORITY_ID = "FR99"
"""No real authority has it; FR00, the specification's, would be refused."""
_FIRST_DAY = date(2000, 1, 1)
_US = b"\x1f"
_HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "secp256r1": hashes.SHA256,
    "secp384r1": hashes.SHA384,
    "secp521r1": hashes.SHA512,
}


class Spoilt(Enum):
    """What may be wrong with a code that is asked for."""

    ALTERED = "altered"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    OLD = "old"
    """Nothing is: only the certificate has ended since."""


class TwoDDocAuthority:
    """An authority and one issuer, whose certificate is valid from `begins` to `ends`."""

    def __init__(
        self,
        begins: date,
        ends: date,
        *,
        curve: ec.EllipticCurve | None = None,
        authority_id: str = AUTHORITY_ID,
        certificate_id: str = "TST1",
    ) -> None:
        curve = curve or ec.SECP256R1()
        self.authority_id = authority_id
        self.certificate_id = certificate_id
        self.key = ec.generate_private_key(curve)
        self._authority_key = ec.generate_private_key(ec.SECP256R1())
        self.authority = self._certificate(authority_id, None, begins, ends)
        self.certificate = self._certificate(certificate_id, self.key, begins, ends)

    @property
    def certificates(self) -> tuple[bytes, bytes]:
        """The authority's certificate and the issuer's (DER)."""
        der = serialization.Encoding.DER
        return self.authority.public_bytes(der), self.certificate.public_bytes(der)

    def issue(  # noqa: PLR0913  (the parts of a header)
        self,
        sheet: Sheet,
        signed: date | None,
        *,
        made_out: date | None = None,
        version: int = 4,
        perimeter: str = "01",
        cut: Sequence[str] = (),
    ) -> bytes:
        """Return the code of a paper; the fields named in `cut` are marked as truncated."""
        header = f"DC{version:02}{self.authority_id}{self.certificate_id}{_days(made_out)}{_days(signed)}"
        header += sheet.document_type
        header += perimeter if version >= 3 else ""  # noqa: PLR2004  (the version that brought it)
        header += "FR" if version >= 4 else ""  # noqa: PLR2004  (see above)
        fields = [Field(field_id, value, field_id in cut) for field_id, value in sheet.fields.items()]
        return self.sign((header + join(fields, lengths())).encode(), version=version)

    def sign(self, content: bytes, *, version: int = 4, algorithm: hashes.HashAlgorithm | None = None) -> bytes:
        """Return the code that has this content: Base32 after it, in version 1 the bare bytes."""
        algorithm = algorithm or _HASHES[self.key.curve.name]()
        number_bytes = (self.key.curve.key_size + 7) // 8
        numbers = utils.decode_dss_signature(self.key.sign(content, ec.ECDSA(algorithm)))
        signature = b"".join(number.to_bytes(number_bytes) for number in numbers)
        return content + _US + (signature if version == 1 else base64.b32encode(signature).rstrip(b"="))

    def _certificate(
        self, subject: str, key: ec.EllipticCurvePrivateKey | None, begins: date, ends: date
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(subject))
            .issuer_name(_name(self.authority_id))
            .public_key((key or self._authority_key).public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime.combine(begins, time.min, UTC))
            .not_valid_after(datetime.combine(ends, time(23, 59, 59), UTC))
            .add_extension(x509.BasicConstraints(ca=key is None, path_length=None), critical=True)
        )
        return builder.sign(self._authority_key, hashes.SHA256())


def picture(code: bytes, module_px: int = 4) -> bytes:
    """Return the DataMatrix of a code as a PNG."""
    import zxingcpp  # noqa: PLC0415  (late: only where pictures are wanted)
    from PIL import Image  # noqa: PLC0415  (late: see above)

    content = code.decode() if code.isascii() else code  # text is written in C40, as issuers do: a third smaller
    barcode = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.DataMatrix)
    drawn = zxingcpp.write_barcode_to_image(barcode, scale=module_px)
    height, width = drawn.shape
    data = io.BytesIO()
    # It is a buffer, which its stub does not say.
    Image.frombytes("L", (width, height), bytes(cast("bytes", drawn))).save(data, "PNG")
    return data.getvalue()


def _name(common: str) -> x509.Name:
    organisation = "AUTORITÉ D’ESSAI" if common.startswith("FR") else "ÉMETTEUR D’ESSAI"
    values = {
        x509.NameOID.COUNTRY_NAME: "FR",
        x509.NameOID.ORGANIZATION_NAME: organisation,
        x509.NameOID.COMMON_NAME: common,
    }
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in values.items()])


def _days(when: date | None) -> str:
    return f"{(when - _FIRST_DAY).days:04X}" if when else "FFFF"


class Issuers:
    """What the program asks: an authority in force, one that has ended, and one which nobody lists."""

    def __init__(self, today: date) -> None:
        self._today = today
        year = timedelta(days=365)
        self._in_force = TwoDDocAuthority(today - 2 * year, today + 2 * year)
        self._ended = TwoDDocAuthority(today - 6 * year, today - 3 * year, authority_id="FR98")
        self._unlisted = TwoDDocAuthority(today - 2 * year, today + 2 * year, authority_id="FR97")

    def write_certificates(self, folder: Path) -> None:
        """Write the certificates to believe.

        Raises:
            OSError: the folder cannot be written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        for authority in (self._in_force, self._ended):
            for name, der in zip(("authority", "issuer"), authority.certificates, strict=True):
                (folder / f"{authority.authority_id}-{name}.der").write_bytes(der)

    def issue(self, paper: str, spoilt: Spoilt | None = None) -> bytes:
        """Return the code of a specimen.

        Raises:
            KeyError: there is no such specimen.
        """
        sheet = SPECIMENS[paper]
        month = timedelta(days=30)
        match spoilt:
            case Spoilt.UNKNOWN:
                return self._unlisted.issue(sheet, self._today - month)
            case Spoilt.EXPIRED:
                return self._ended.issue(sheet, self._today - month)
            case Spoilt.OLD:
                return self._ended.issue(sheet, self._today - 48 * month)
            case Spoilt.ALTERED:
                code = self._in_force.issue(sheet, self._today - month)
                return code.replace(b"DURAND", b"DUPONT", 1)
            case None:
                return self._in_force.issue(sheet, self._today - month)

    def obey(self, line: str) -> str:
        """Return the answer to one command."""
        try:
            match line.split():
                case ["issue", paper, *spoilt] if len(spoilt) <= 1:
                    return f"code {self.issue(paper, *map(Spoilt, spoilt)).hex()}"
                case ["picture", paper, *spoilt, path] if len(spoilt) <= 1:
                    Path(path).write_bytes(picture(self.issue(paper, *map(Spoilt, spoilt))))
                    return f"picture {path}"
        except (KeyError, ValueError):
            pass
        except OSError as error:
            return f"cannot write it: {error.strerror}"
        return f"unknown: {line.strip()}"


def main() -> int:
    """Run as a program until standard input ends."""
    parser = argparse.ArgumentParser(description="An authority that issues 2D-Doc codes for training.")
    parser.add_argument("--certificates", type=Path, required=True, metavar="FOLDER")
    options = parser.parse_args()
    issuers = Issuers(datetime.now(UTC).date())
    try:
        issuers.write_certificates(options.certificates)
    except OSError as error:
        print(f"cannot write certificates to {options.certificates}: {error.strerror}", file=sys.stderr)  # noqa: T201
        return 1
    print(f"ready {options.certificates}", flush=True)  # noqa: T201  (its starter waits for this line)
    try:
        for line in sys.stdin:
            print(issuers.obey(line), flush=True)  # noqa: T201  (the answer)
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
