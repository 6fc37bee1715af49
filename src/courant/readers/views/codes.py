"""Pages on which a code from a mail is typed: at registration, at sign-in, for a new password."""

import time
from typing import Any

from allauth.account import views as allauth_views
from allauth.account.internal.constants import LoginStageKey
from allauth.account.internal.stagekit import get_pending_stage
from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from courant.readers.adapter import ERROR_MESSAGES, UNSENT
from courant.readers.forms import CodeForm, ConfirmAddressForm, ResetForm, ResetPasswordForm
from courant.readers.views.entrance import AT_REGISTRATION, REFUSED, ReturnMixin

NO_CODE = "No code is awaited here any more: each lasts ten minutes. Ask for a new one."
WRONG_TOO_OFTEN = "That code was typed wrong too often and no longer works. Ask for a new one."
SENT_AGAIN = "We sent you a new code. The earlier one no longer works."
UNSENT_WORDS = {
    "unreachable": "We could not send the mail. Nothing is lost: press “Send the code again” in a minute.",
    "refused": REFUSED,
}


class CodePageMixin(ReturnMixin):
    """What all pages for a code have in common: sending again, the last try, the mail that was not sent."""

    template_name = "readers/code.html"
    start = "account_login"  # where a new code can be asked for
    limit = "request_login_code"
    heading = ""
    submit = "Continue"
    # What the views of allauth bring that this is mixed into.
    _process: Any
    passthrough_next_url: Any
    render_to_response: Any

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        unsent = UNSENT_WORDS.get(self.request.session.get(UNSENT, ""))
        words = {
            "heading": self.heading,
            "submit": self.submit,
            "action": self.request.path,
            "unsent": unsent,
        }
        return {
            **context,
            **words,
            "form": context["verify_form"],
            "start": self.passthrough_next_url(reverse(self.start)),
        }

    def restart(self, words: str) -> HttpResponseBase:
        messages.error(self.request, words)
        return redirect(self.passthrough_next_url(reverse(self.start)))

    def form_invalid(self, form: forms.Form) -> HttpResponseBase:
        if form.has_error("code", "required") or self._process.record_invalid_attempt():
            return self.render_to_response(self.get_context_data(form=form))
        return self.restart(WRONG_TOO_OFTEN)

    def _resend_form_valid(self, form: forms.Form) -> HttpResponseBase:
        process, here = self._process, redirect(self.passthrough_next_url(self.request.path))
        if not ratelimit.consume(self.request, action=self.limit, key=process.state["email"]):
            messages.error(self.request, ERROR_MESSAGES["rate_limited"])
            return here
        process.state["at"] = time.time()  # a new code has its full time
        process.resend()
        if UNSENT not in self.request.session:
            messages.info(self.request, SENT_AGAIN)
        return here


class RegistrationCodeMixin(CodePageMixin):
    start = "account_signup"
    limit = "register_address"
    heading = "Check your mail"
    submit = "Confirm and continue"


class ConfirmAddressView(RegistrationCodeMixin, allauth_views.ConfirmEmailVerificationCodeView):
    """Proves the address of a new account, or the new address of an old one."""

    form_class = ConfirmAddressForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.start = "account_email"
        response = super().dispatch(request, *args, **kwargs)
        if self._process:
            return response
        if request.user.is_authenticated:
            return redirect(self.get_next_url() or reverse("readers:account"))
        return self.restart(NO_CODE)

    def _verify_form_valid(self, form: forms.Form) -> HttpResponseBase:
        if not self._process.user:  # the account was taken away meanwhile
            return self.restart(NO_CODE)
        return super()._verify_form_valid(form)


class KnownAccountView(RegistrationCodeMixin, allauth_views.ConfirmLoginCodeView):
    """Who registers a second time signs in with the code; nothing here tells the two apart."""

    form_class = CodeForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        return response if getattr(self, "_process", None) else self.restart(NO_CODE)

    def _verify_form_valid(self, form: forms.Form) -> HttpResponseBase:
        return self._process.finish(self.stage.login.redirect_url or self.get_next_url())


def confirm(request: HttpRequest) -> HttpResponseBase:
    """`/account/confirm/`: the code of a registration, whether the address was new or known."""
    stage = None if request.user.is_authenticated else get_pending_stage(request)
    if stage and stage.login.state.get(AT_REGISTRATION):
        return KnownAccountView.as_view()(request)
    return ConfirmAddressView.as_view()(request)


class SignInCodeView(CodePageMixin, allauth_views.ConfirmLoginCodeView):
    form_class = CodeForm
    heading = "Check your mail"
    submit = "Sign in"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_registering(request):
            return redirect(self.passthrough_next_url(reverse("account_email_verification_sent")))
        response = super().dispatch(request, *args, **kwargs)
        if request.user.is_authenticated or getattr(self, "_process", None):
            return response
        return self.restart(NO_CODE)


def is_registering(request: HttpRequest) -> bool:
    stage = None if request.user.is_authenticated else get_pending_stage(request)
    if not stage:
        return False
    return stage.key == LoginStageKey.VERIFY_EMAIL.value or bool(stage.login.state.get(AT_REGISTRATION))


# -- A new password ----------------------------------------------------------------------------------------
class ResetView(ReturnMixin, allauth_views.PasswordResetView):
    form_class = ResetForm

    def form_valid(self, form: forms.Form) -> HttpResponseBase:
        response = super().form_valid(form)
        unsent = self.request.session.pop(UNSENT, "")
        if not unsent:
            return response
        form.add_error(
            "email", REFUSED if unsent == "refused" else "We could not send the mail. Try again in a minute."
        )
        return self.form_invalid(form)


class ResetCodeView(CodePageMixin, allauth_views.ConfirmPasswordResetCodeView):
    form_class = CodeForm
    start = "account_reset_password"
    heading = "Check your mail"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        return response if self._process else self.restart(NO_CODE)


class NewPasswordView(ReturnMixin, allauth_views.CompletePasswordResetView):
    form_class = ResetPasswordForm
