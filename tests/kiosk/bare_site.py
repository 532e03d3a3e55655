"""The least that a device's configuration says, for the tests of what a table more does."""

from __future__ import annotations


def bare_site(folder, tables=""):
    """Write a configuration whose kiosk lives in `folder`, with these tables; return its path."""
    path = folder / "site.toml"
    path.write_text(f"""
[device]
name = "kiosk-1"
state_dir = "{folder}"
run_dir = "{folder / "run"}"
[content]
pack = "pack"
[broker]
host = "localhost"
ca_file = "ca"
certificate_file = "crt"
key_file = "key"
[hub]
opening_key_file = "hub.pub"
signing_key_file = "hub.pub"
{tables}
""")
    return path
