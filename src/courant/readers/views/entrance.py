"""Registering, signing in, signing out."""

from typing import Any, cast
from urllib.parse import urlencode

from allauth.account import views as allauth_views
from allauth.account.internal import flows
from allauth.account.internal.stagekit import clear_login
from allauth.core import ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from courant.readers.actions.accounts import register_reader
from courant.readers.actions.sessions import sign_out_everywhere
from courant.readers.adapter import UNSENT
from courant.readers.evidence import REGISTRATION_WORDING, evidence_of
from courant.readers.forms import MailCodeForm, RegisterForm, SignInForm
from courant.readers.models import Reader
from courant.readers.policy import can_enter_newsroom
from courant.readers.queries.accounts import account_at
from courant.readers.returns import FIELD, sign_next
from courant.readers.typed import keep_typed

AT_REGISTRATION = "at_registration"
NEWSROOM = "/newsroom/"
REFUSED = "The mail server of this address did not take our mail. Check the address, or use another."


class ReturnMixin:
    """The page's forms carry the signed way back; `next` itself was checked by carry_return."""

    request: HttpRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)  # type: ignore[misc]
        path = self.request.POST.get(FIELD) or self.request.GET.get(FIELD)
        return {**context, "return_token": sign_next(path) if path else ""}


class FreshFormMixin:
    """A form is always there, also while a code is awaited: the address may have been mistyped."""

    request: HttpRequest

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> None:
        return None

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "email": self.request.GET.get("email", "")[:254]}  # type: ignore[misc]


class RegisterView(FreshFormMixin, ReturnMixin, allauth_views.SignupView):
    """A known address gets the same answer in the same time as a new one; only the mail differs."""

    form_class = RegisterForm

    def form_valid(self, form: forms.Form) -> HttpResponseBase:
        email = form.cleaned_data["email"]
        limited = ratelimit.consume_or_429(self.request, action="register_address", key=email)
        if limited:
            return limited
        keep_typed(self.request, form.cleaned_data)
        evidence = evidence_of(self.request, wording=REGISTRATION_WORDING)
        reader = register_reader(email=email, evidence=evidence, now=timezone.now())
        try:
            response = self.mail_code(reader, email)
        except ImmediateHttpResponse as immediate:
            return immediate.response
        if self.request.session.get(UNSENT) == "refused":
            return self.refuse_address(form)
        return response

    def mail_code(self, reader: Any, email: str) -> HttpResponseBase:
        way_back = self.get_success_url()
        if reader:
            response = flows.signup.complete_signup(self.request, user=reader, redirect_url=way_back)
            return redirect(self.passthrough_next_url(response.url))
        start_known_account(self.request, email, way_back)
        return redirect(self.passthrough_next_url(reverse("account_email_verification_sent")))

    def refuse_address(self, form: forms.Form) -> HttpResponseBase:
        del self.request.session[UNSENT]
        clear_login(self.request)
        form.add_error("email", REFUSED)
        return self.form_invalid(form)


def start_known_account(request: HttpRequest, email: str, way_back: str | None) -> None:
    """Await a sign-in code instead of a registration code; of a closed account, a code that never comes."""
    account = account_at(email)
    user = account if account and account.is_active else None
    process = flows.login_by_code.LoginCodeVerificationProcess.initiate(request=request, user=user, email=email)
    process.stage.login.redirect_url = way_back
    process.stage.login.state[AT_REGISTRATION] = True
    process.persist()


class SignInView(FreshFormMixin, ReturnMixin, allauth_views.LoginView):
    """Address and password, or the form's other button: a code by mail."""

    form_class = SignInForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        wants_newsroom = request.GET.get(FIELD, "").startswith(NEWSROOM)
        if wants_newsroom and request.user.is_authenticated and not can_enter_newsroom(request.user):
            return render(request, "readers/no_newsroom.html", status=403)
        return super().dispatch(request, *args, **kwargs)

    @property
    def is_code_wanted(self) -> bool:
        return self.request.POST.get("way") == "code"

    def get_form_class(self) -> type[forms.Form]:
        return MailCodeForm if self.is_code_wanted else self.form_class

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        if self.is_code_wanted:
            del kwargs["request"]
        return kwargs

    def form_valid(self, form: Any) -> HttpResponseBase:
        if not self.is_code_wanted:
            return super().form_valid(form)
        flows.login_by_code.LoginCodeVerificationProcess.initiate(
            request=self.request, user=form._user, email=form.cleaned_data["email"]
        )
        return redirect(self.passthrough_next_url(reverse("account_confirm_login_code")))


class SignOutView(ReturnMixin, allauth_views.LogoutView):
    pass


@require_POST
@login_required
def leave_everywhere(request: HttpRequest) -> HttpResponse:
    """Sign out in this browser and in all others."""
    reader = cast(Reader, request.user)
    sign_out_everywhere(reader=reader, by=reader, now=timezone.now())
    logout(request)
    messages.success(request, "You are signed out everywhere.")
    return redirect(settings.LOGOUT_REDIRECT_URL)


def ask_for_code(request: HttpRequest) -> HttpResponse:
    """Where allauth sends whoever needs a new code: the form of sign-in."""
    query = {name: request.GET[name] for name in (FIELD, "email") if name in request.GET}
    return redirect(f"{reverse('account_login')}?{urlencode(query)}" if query else reverse("account_login"))
