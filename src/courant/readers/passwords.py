"""What Django's own password rules leave out."""

from django.core.exceptions import ValidationError

LONGEST = 128


class MaximumLengthValidator:
    """Refuses passwords so long that hashing is work for the server; 64 are fine (ASVS 5.0, 6.2.9)."""

    def __init__(self, max_length: int = LONGEST) -> None:
        self.max_length = max_length

    def validate(self, password: str, user: object | None = None) -> None:
        if len(password) > self.max_length:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return f"A password has at most {self.max_length} characters."
