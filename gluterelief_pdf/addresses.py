"""A text → an e-mail address that mail can be sent to. Nothing is looked up."""

from gluterelief_pdf.errors import OptionError
from gluterelief_pdf.letters import Address


def read(where: str, text: str) -> Address:
    """Check one address; a domain in another script becomes A-labels.

    Raises:
        OptionError: if it is none, or more than one; the message holds no part of it.
    """
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(text.strip(" "), check_deliverability=False)
    except EmailNotValidError:
        hint = "It should look like name@clinic.example: one address, no spaces, no commas, no name before it."
        raise OptionError(f"{where}: is not an e-mail address", hint=hint) from None
    return Address(found.ascii_email or f"{found.local_part}@{found.ascii_domain}")


def widely(where: str, text: str) -> Address:
    """Check an address that mail comes from: many servers would not take one beyond ASCII.

    Raises:
        OptionError: if it is none, or such a one.
    """
    address = read(where, text)
    if address.utf8:
        raise OptionError(f"{where}: has letters before the @ that are not ASCII", hint="Write from another address.")
    return address
