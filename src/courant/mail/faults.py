"""What can go wrong with a mail, in words the sender can act on."""


class MailNotSent(Exception):
    """The mail server could not be reached or did not take the mail; trying again later may help."""


class AddressRefused(MailNotSent):
    """The mail server refuses this address for good; trying again does not help, another address may."""
