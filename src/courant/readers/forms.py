"""What readers type. Errors say what to do; what was typed stays, except passwords and codes."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.account.internal import flows
from allauth.account.internal.flows.manage_email import email_already_exists
from allauth.account.models import Login
from allauth.core.internal.cryptokit import compare_user_code
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse

from courant.readers.models import Reader
from courant.readers.passwords import LONGEST

LONGEST_EMAIL = 254
EMAIL_ERRORS = {
    "required": "Enter your e-mail address.",
    "invalid": "Enter an e-mail address in the right form, such as name@example.com.",
    "max_length": f"Enter an e-mail address of at most {LONGEST_EMAIL} characters.",
}
HINT = "At least 8 characters. A few words together make a good one."


def uncut(field: forms.CharField) -> Any:
    """Without `maxlength`: the browser would cut what is too long without a word, we say so."""
    field.widget.attrs.pop("maxlength", None)
    return field


def email_field(label: str = "E-mail address") -> Any:
    widget = forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"})
    return uncut(LowerEmailField(label=label, max_length=LONGEST_EMAIL, error_messages=EMAIL_ERRORS, widget=widget))


def name_field(label: str, **values: Any) -> Any:
    errors = {"max_length": "Enter a name of at most 120 characters."}
    widget = forms.TextInput(attrs={"autocomplete": "name"})
    return uncut(
        forms.CharField(label=label, max_length=120, required=False, error_messages=errors, widget=widget, **values)
    )


def password_field(label: str, autocomplete: str, *, missing: str = "", **values: Any) -> Any:
    errors = {"required": missing, "max_length": f"Enter a password of at most {LONGEST} characters."}
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete, "spellcheck": "false"})
    return uncut(
        forms.CharField(label=label, strip=False, max_length=LONGEST, error_messages=errors, widget=widget, **values)
    )


class LowerEmailField(forms.EmailField):
    def clean(self, value: Any) -> str:
        return super().clean(value).lower()


class RegisterForm(forms.Form):
    """One short form: only the address is needed."""

    email = email_field()
    name = name_field("Your name")
    password = password_field(
        "Password",
        "new-password",
        required=False,
        help_text="Leave it empty and we mail you a code each time you sign in. Else at least 8 characters.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("password"):
            reader = Reader(email=cleaned.get("email", ""), name=cleaned.get("name", ""))
            try:
                validate_password(cleaned["password"], reader)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned


class WallForm(forms.Form):
    """The first field of registration, as it stands in a story's wall; RegisterForm takes what it sends."""

    email = email_field()
    next = forms.CharField(widget=forms.HiddenInput)


class SignInForm(forms.Form):
    """Address and password, checked together: which of the two is wrong is not said."""

    email = email_field()
    password = password_field(
        "Password", "current-password", missing="Enter your password, or have a code mailed to you."
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        adapter = get_adapter()
        reader = adapter.authenticate(self.request, **self.credentials)
        if reader is None:
            raise adapter.validation_error("email_password_mismatch")
        self.entry = Login(user=reader, email=cleaned["email"])
        if flows.login.is_login_rate_limited(self.request, self.entry):
            raise adapter.validation_error("too_many_login_attempts")
        return cleaned

    @property
    def credentials(self) -> dict[str, str]:
        return {"email": self.cleaned_data["email"], "password": self.cleaned_data["password"]}

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        self.entry.redirect_url = redirect_url
        return flows.login.perform_password_login(request, self.credentials, self.entry)


class MailCodeForm(allauth_forms.RequestLoginCodeForm):
    """The form of sign-in, sent by its other button: only the address counts."""

    email = email_field()
    password = password_field("Password", "current-password", required=False)


class CodeForm(forms.Form):
    """The code from the mail; signs, spaces and case between are of no account."""

    code = forms.CharField(
        label="Code",
        max_length=100,
        help_text="8 digits, such as 1234-5678.",
        error_messages={
            "required": "Enter the code from the mail.",
            "max_length": "That is not the code. It has 8 digits.",
        },
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, code: str = "", user: Reader | None = None, email: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected_code, self.user, self.email = code, user, email

    def clean_code(self) -> str:
        typed: str = self.cleaned_data["code"]
        if not compare_user_code(actual=typed, expected=self.expected_code):
            raise get_adapter().validation_error("incorrect_code")
        return typed


class ConfirmAddressForm(CodeForm):
    """Proves an address: refused when another account has it by now."""

    def clean_code(self) -> str:
        typed = super().clean_code()
        email_already_exists(user=self.user, email=self.email, always_raise=True)
        return typed


class ChangeAddressForm(allauth_forms.AddEmailForm):
    email = email_field("New e-mail address")


class ResetForm(allauth_forms.ResetPasswordForm):
    email = email_field()


class NewPasswordMixin:
    """A new password, typed once: it can be shown, and reset."""

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]  # type: ignore[attr-defined]
        validate_password(password, self.user)  # type: ignore[attr-defined]
        return password


class SetPasswordForm(NewPasswordMixin, allauth_forms.SetPasswordForm):
    password1 = password_field("Password", "new-password", missing="Enter a password.", help_text=HINT)
    password2 = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        allauth_forms.UserForm.__init__(self, *args, **kwargs)


class ChangePasswordForm(NewPasswordMixin, allauth_forms.ChangePasswordForm):
    oldpassword = password_field("Present password", "current-password", missing="Enter your present password.")
    password1 = password_field("New password", "new-password", missing="Enter a new password.", help_text=HINT)
    password2 = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        allauth_forms.UserForm.__init__(self, *args, **kwargs)


class ResetPasswordForm(NewPasswordMixin, allauth_forms.ResetPasswordKeyForm):
    password1 = password_field("New password", "new-password", missing="Enter a new password.", help_text=HINT)
    password2 = None

    def __init__(self, *args: Any, user: Reader | None = None, temp_key: str = "", **kwargs: Any) -> None:
        forms.Form.__init__(self, *args, **kwargs)
        self.user, self.temp_key = user, temp_key


class ReauthenticateForm(allauth_forms.ReauthenticateForm):
    password = password_field("Password", "current-password", missing="Enter your password.")


class NameForm(forms.Form):
    name = name_field("Your name", help_text="Shown with what you write in the paper. It may be empty.")
