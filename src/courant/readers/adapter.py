"""What allauth asks us: how mail leaves, where a reader returns to, what errors say."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import salted_hmac

from courant.mail.actions import send_account_mail
from courant.mail.faults import AddressRefused, MailNotSent
from courant.readers.evidence import address_of
from courant.readers.models import Reader
from courant.readers.queries.accounts import account_at
from courant.readers.returns import is_safe_path
from courant.readers.typed import forget_typed

logger = logging.getLogger("courant.readers")

UNSENT = "courant_unsent"  # in the session: the last code could not be mailed
# A form sent twice by one browser within this time is a double click, and gets one code and one mail.
REPEAT_SECONDS = 20

ERROR_MESSAGES = {
    "account_inactive": "This account is closed.",
    "duplicate_email": "That is the address of your account already.",
    "email_password_mismatch": "The address or the password is wrong. Check both, or ask for a code by mail.",
    "email_taken": "There is another account with this address. Sign in with it, or use another address.",
    "enter_current_password": "That is not your present password.",
    "incorrect_code": "That is not the code. Check the newest mail from us, and type its code.",
    "incorrect_password": "That is not your password.",
    "invalid_login": "Enter your e-mail address.",
    "rate_limited": "You asked for many codes in a short time. Wait ten minutes and try again.",
    "same_as_current": "That is the address of your account already.",
    "too_many_login_attempts": (
        "There were many tries for this address in a short time. Wait ten minutes and try again."
    ),
}


class ReaderAdapter(DefaultAccountAdapter):
    error_messages = {**DefaultAccountAdapter.error_messages, **ERROR_MESSAGES}

    # -- Mail
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a letter; when it cannot be sent, the session knows, and the page that follows says so."""
        if is_repeat(self.request):
            return
        template = fitting_letter(template_prefix, email, self.request)
        try:
            send_account_mail(template=template, to=email, context=links(self.request, context), request=self.request)
        except MailNotSent as fault:
            logger.warning("%s could not be sent: %s", template, fault)
            note_unsent(self.request, fault)
        else:
            self.request.session.pop(UNSENT, None)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Reader,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """A notice of something already done: that it cannot be sent must not undo or hide the deed."""
        unsent_before = self.request.session.get(UNSENT)
        super().send_notification_mail(template_prefix, user, context, email)
        self.request.session.pop(UNSENT, None)
        if unsent_before:
            self.request.session[UNSENT] = unsent_before

    def generate_login_code(self) -> str:
        return shared_code(self.request, super().generate_login_code())

    def generate_email_verification_code(self) -> str:
        return shared_code(self.request, super().generate_email_verification_code())

    # -- Ways
    def is_ajax(self, request: HttpRequest) -> bool:
        """Pages answer as pages: what scripts need has addresses of its own."""
        return False

    def is_safe_url(self, url: str) -> bool:
        return is_safe_path(url or "")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("readers:account")

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        return reverse("readers:account")

    def get_client_ip(self, request: HttpRequest) -> str:
        """For the limits; connections without an address (a local socket) share one."""
        return str(address_of(request) or "unknown")

    def login(self, request: HttpRequest, user: Reader) -> None:
        """The password may have been set since the account was read; session and pass are bound to the new one."""
        user.refresh_from_db(fields=["password", "pass_version", "session_version"])
        forget_typed(request)
        super().login(request, user)


def links(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    ways = {"register": "account_signup", "sign_in": "account_login", "reset": "account_reset_password"}
    urls = {f"{name}_url": absolute(request, reverse(view)) for name, view in ways.items()}
    # allauth puts the request among the letter's words; there it would only be in the way.
    return {**urls, **{name: value for name, value in context.items() if name != "request"}}


def absolute(request: HttpRequest, path: str) -> str:
    return f"{settings.SITE_URL}{path}" if settings.SITE_URL else request.build_absolute_uri(path)


def fitting_letter(template: str, email: str, request: HttpRequest) -> str:
    """Who registers a second time is told so, and who has a closed account is told that."""
    if template.endswith("/unknown_account") and account_at(email):
        return "account/email/account_closed"
    if template.endswith("/login_code") and request.path == reverse("account_signup"):
        return "account/email/account_already_exists"
    return template


def note_unsent(request: HttpRequest, fault: MailNotSent) -> None:
    request.session[UNSENT] = "refused" if isinstance(fault, AddressRefused) else "unreachable"
    key = repeat_key(request)
    if key:
        cache.delete(key)


# -- One code for a form sent twice -----------------------------------------------------------------------
def shared_code(request: HttpRequest, fresh: str) -> str:
    """The fresh code, or the one that the same form of the same browser was given a moment ago."""
    key = repeat_key(request)
    if key is None or cache.add(key, fresh, REPEAT_SECONDS):
        return fresh
    earlier = cache.get(key)
    if earlier is None:
        return fresh
    request.courant_is_repeat = True  # type: ignore[attr-defined]  # read by is_repeat
    return earlier


def is_repeat(request: HttpRequest) -> bool:
    return getattr(request, "courant_is_repeat", False)


def repeat_key(request: HttpRequest) -> str | None:
    """What two sendings of one form share: browser, page and address; None if it is no such form."""
    browser = request.COOKIES.get(settings.CSRF_COOKIE_NAME)
    address = request.POST.get("email")
    if not browser or not address:
        return None
    words = "\n".join((browser, request.path, address.strip().lower()))
    return "code:" + salted_hmac("courant.readers.code", words, algorithm="sha256").hexdigest()
