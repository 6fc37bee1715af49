"""Addresses of accounts and legal documents.

`account_urls` are allauth's views under our addresses. They keep allauth's names, which have no namespace,
and the root includes them at `account/`. The rest is ours, in the namespace `readers`.
"""

from collections.abc import Callable

from allauth.account.views import AccountInactiveView, PasswordResetFromKeyDoneView
from django.http import HttpResponseBase
from django.urls import path
from django.views.decorators.cache import never_cache

from courant.readers.origin import by_token_or_origin
from courant.readers.returns import carry_return
from courant.readers.views import account, codes, entrance, gifts, legal

app_name = "readers"


def door(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Never stored, and with the way back checked."""
    return never_cache(carry_return(view))


account_urls = [
    # The registration wall stands on stored pages, the same for everyone.
    path("register/", by_token_or_origin(door(entrance.RegisterView.as_view())), name="account_signup"),
    path("confirm/", door(codes.confirm), name="account_email_verification_sent"),
    path("sign-in/", door(entrance.SignInView.as_view()), name="account_login"),
    path("sign-in/code/", door(codes.SignInCodeView.as_view()), name="account_confirm_login_code"),
    path("sign-in/new-code/", door(entrance.ask_for_code), name="account_request_login_code"),
    path("sign-out/", door(entrance.SignOutView.as_view()), name="account_logout"),
    path("closed/", door(AccountInactiveView.as_view()), name="account_inactive"),
    path("again/", door(account.ReauthenticateView.as_view()), name="account_reauthenticate"),
    path("email/", door(account.AddressView.as_view()), name="account_email"),
    path("password/", door(account.ChangePasswordView.as_view()), name="account_change_password"),
    path("password/set/", door(account.SetPasswordView.as_view()), name="account_set_password"),
    path("password/reset/", door(codes.ResetView.as_view()), name="account_reset_password"),
    path(
        "password/reset/code/",
        door(codes.ResetCodeView.as_view()),
        name="account_confirm_password_reset_code",
    ),
    path("password/reset/new/", door(codes.NewPasswordView.as_view()), name="account_complete_password_reset"),
    path(
        "password/reset/done/",
        door(PasswordResetFromKeyDoneView.as_view()),
        name="account_password_reset_completed",
    ),
]

urlpatterns = [
    path("account/", door(account.account), name="account"),
    path("account/sign-out/everywhere/", never_cache(entrance.leave_everywhere), name="sign-out-everywhere"),
    path("account/gifts/<int:number>/", never_cache(gifts.show_gift), name="gift"),
    path("account/gifts/<int:number>/revoke/", never_cache(gifts.revoke), name="gift-revoke"),
    path("legal/", legal.documents, name="legal-list"),
    path("legal/<slug:kind>/", legal.document, name="legal"),
    path("legal/<slug:kind>/<int:number>/", legal.version, name="legal-version"),
    path("-/me", never_cache(account.me), name="me"),
]
