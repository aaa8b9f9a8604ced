"""Where a cluster is: an address and certificates, told to be wrong before anything is asked."""

from pathlib import Path

import pytest

from gluterelief_pdf.errors import OptionError
from gluterelief_pdf.site import Site
from tests.mailservers import certificates


@pytest.mark.parametrize(
    ("address", "wrong"),
    [
        ("scheduler:8786", "'scheduler:8786' is no address of a scheduler"),
        ("tcp://scheduler", "'tcp://scheduler' is no address of a scheduler"),
        ("tcp://scheduler:99999", "'tcp://scheduler:99999' is no address of a scheduler"),
        ("tcp://ann:secret@scheduler:8786", "'tcp://ann:secret@scheduler:8786' is no address of a scheduler"),
        ("http://scheduler:8786", "http:// is not known here"),
        (
            "tls://scheduler:8786",
            "tls:// needs --cluster-ca, --cluster-cert, --cluster-key too, or anybody could answer and read the patients' rows",
        ),
    ],
)
def test_an_address_that_is_none_or_not_safe_is_refused(address: str, wrong: str) -> None:
    with pytest.raises(OptionError) as error:
        Site.of(address, None, None, None)

    assert str(error.value) == f"--cluster: {wrong}"


@pytest.mark.parametrize(
    ("address", "noted"),
    [("tcp://127.0.0.1:1", False), ("tcp://localhost:1", False), ("tcp://[::1]:1", False), ("tcp://10.0.0.1:1", True)],
)
def test_rows_that_would_cross_a_network_in_the_clear_are_warned_of(address: str, noted: bool) -> None:
    note = "--cluster: with tcp:// the patients' rows and sheets cross the network in the clear; tls:// hides them"

    assert Site.of(address, None, None, None).note == (note if noted else "")


def test_certificates_that_do_not_fit_are_told_before_anything_is_asked(tmp_path: Path) -> None:
    certificates(tmp_path)
    good = [tmp_path / name for name in ("authority.pem", "good.pem", "good-key.pem")]
    (tmp_path / "text").write_text("no certificate", encoding="utf-8")

    def wrong(address: str, *paths: Path | None) -> str:
        with pytest.raises(OptionError) as error:
            Site.of(address, *paths)
        return str(error.value)

    address = "tls://scheduler:8786"
    assert Site.of(address, *good).note == ""
    assert wrong(address, None, *good[1:]).startswith("--cluster: tls:// needs --cluster-ca too, or anybody")
    assert wrong("tcp://scheduler:8786", *good) == "--cluster: tcp:// goes without certificates, in the clear"
    assert wrong(address, tmp_path / "text", *good[1:]) == f"--cluster-ca: {tmp_path / 'text'}: is no certificate (PEM)"
    gone = tmp_path / "gone"
    assert wrong(address, *good[:2], gone) == f"--cluster-key: {gone}: cannot be read: no such file or directory"
    device = Path("/dev/zero")
    assert (
        wrong(address, device, *good[1:])
        == f"--cluster-ca: {device}: cannot be read: is a pipe or a device, not a file"
    )
    assert wrong(address, *good[:2], tmp_path / "untrusted-key.pem").endswith("are not a certificate and its key")
