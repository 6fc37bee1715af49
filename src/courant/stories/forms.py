"""Input of readers into the paper's pages."""

from django import forms

from courant.stories.queries import sections_in_order

PERIODS = [("", "Any time"), ("1", "Last 24 hours"), ("7", "Last week"), ("31", "Last month"), ("366", "Last year")]


class SearchForm(forms.Form):
    """Words to look for, and filters."""

    q = forms.CharField(label="Search the paper", max_length=200, strip=True)
    section = forms.ChoiceField(label="Section", required=False)
    period = forms.ChoiceField(label="Published", required=False, choices=PERIODS)
    free = forms.BooleanField(label="Only stories that are free to read", required=False)
    order = forms.ChoiceField(label="Order", required=False, choices=[("", "Best match"), ("newest", "Newest first")])

    use_required_attribute = False

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = [("", "All sections"), *((section.slug, section.title) for section in sections_in_order())]
        self.fields["section"].choices = choices  # type: ignore[attr-defined]

    def clean_q(self) -> str:
        query = str(self.cleaned_data["q"]).replace("\x00", "")
        if not query.strip():
            raise forms.ValidationError("Write at least one word to look for.")
        return query
