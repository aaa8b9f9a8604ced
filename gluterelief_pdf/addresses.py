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
