"""The page editor: a second editor is told of the first, and a story with errors is not published."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import is_aware, localtime, make_aware
from wagtail.admin import messages
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.revisions import RevisionsRevertView
from wagtail.admin.views.pages.workflow import WorkflowActionView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.models import Page

from courant.stories.models import StoryPage
from courant.stories.newsroom.checks import Check, errors_of
from courant.stories.newsroom.panels import checks_for

NOT_PUBLISHED = "Not published. What you wrote is still in the form: put right what is marked, or save it as a draft."


OWN_VERSION = (
    "You saved another version at {time}, in another window or while you were typing. This one takes its place; "
    "the other stays in the history."
)
MixedInto: Any = object  # the two classes below are parts of Wagtail's views of a page


class TellsSecondEditor(MixedInto):
    """A save is refused when somebody else saved a version since the form was opened; saving again is meant.

    The row of the page is locked for as long as a save takes, so of two saves at once one comes second.
    """

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            self.latest_revision = Page.objects.select_for_update().get(pk=self.page.pk).latest_revision
            if not self.expects_json_response and not self.page.alias_of_id and self.is_behind:
                if self.is_behind_others:
                    return self.refuse_second_save()
                messages.info(request, OWN_VERSION.format(time=time_of(self.latest_revision.created_at)))
            response: HttpResponse = super().post(request, *args, **kwargs)
            return response

    @property
    def is_behind(self) -> bool:
        """Out of date, or opened when the page had no version yet."""
        sent = self.request.POST
        says_which = sent.get("loaded_revision_id") or sent.get("overwrite_revision_id")
        return bool(self.is_out_of_date or (self.latest_revision and not says_which))

    @property
    def is_behind_others(self) -> bool:
        """A person who is quicker than the saving in the background must not be told of herself."""
        try:
            loaded_at = datetime.fromisoformat(self.request.POST.get("loaded_revision_created_at", ""))
        except ValueError:
            return bool(self.latest_revision.user_id != self.request.user.pk)
        loaded_at = loaded_at if is_aware(loaded_at) else make_aware(loaded_at)
        newer = self.real_page_record.revisions.filter(created_at__gt=loaded_at)
        return bool(newer.exclude(user=self.request.user).exists())

    def save_action(self) -> HttpResponse:
        """After a save in the background the open form learns which version it is now."""
        response: HttpResponse = super().save_action()
        if self.expects_json_response and response.status_code == 200:
            answer = json.loads(response.content)
            answer["field_updates"] |= {
                "loaded_revision_id": answer["revision_id"],
                "loaded_revision_created_at": answer["revision_created_at"],
            }
            response.content = json.dumps(answer)
        return response

    def refuse_second_save(self) -> HttpResponse:
        """Nothing is written; the form comes back as it was typed, and knows of the other version now."""
        self.page.latest_revision = self.latest_revision
        self.form = self.form_class(
            self.request.POST,
            self.request.FILES,
            instance=self.page,
            subscription=self.subscription,
            parent_page=self.parent,
            for_user=self.request.user,
        )
        self.has_unsaved_changes = True
        self.autosave_enabled = False  # until the editor has decided, nothing may save by itself
        messages.error(self.request, self.words_on_other_version(), buttons=self.buttons_to_other_version())
        return self.render_to_response(self.get_context_data())

    def words_on_other_version(self) -> str:
        other = self.latest_revision
        who = other.user.get_full_name() if other.user else "Somebody"
        return (
            f"Not saved: {who} saved another version at {time_of(other.created_at)}, after you opened this page. "
            "What you wrote is still in the form below. Look at the other version first; "
            "if you save again, yours takes its place, and the other stays in the history."
        )

    def buttons_to_other_version(self) -> list[Any]:
        page, other = self.page.pk, self.latest_revision
        address = reverse("wagtailadmin_pages:edit", args=[page])
        buttons = [messages.button(address, "Open the other version", new_window=True)]
        loaded = self.request.POST.get("loaded_revision_id", "")
        if loaded.isdigit() and int(loaded) != other.pk:
            address = reverse("wagtailadmin_pages:revisions_compare", args=[page, loaded, other.pk])
            buttons.append(messages.button(address, "See what changed", new_window=True))
        return buttons


class RefusesErrors(MixedInto):
    """A story that has errors is not published from this view, now or at a set time."""

    def form_valid(self, form: Any) -> HttpResponse:
        if self.is_publishing and (errors := errors_of(form.save(commit=False))):
            return self.refuse_publication(form, errors)
        response: HttpResponse = super().form_valid(form)
        if self.is_publishing:
            tell_embargo(self.request, form.instance, timezone.now())
        return response

    @property
    def is_publishing(self) -> bool:
        """Whether this save publishes; the last approval of a workflow does."""
        if self.action_name == "perform_workflow_action":
            return bool(self.workflow_action == "approve")
        return bool(self.action_name == "publish")

    def refuse_publication(self, form: Any, errors: list[Check]) -> HttpResponse:
        mark_errors(form, errors)
        self.has_unsaved_changes = True
        messages.error(self.request, f"{NOT_PUBLISHED} {words_on(errors)}")
        return self.render_to_response(self.get_context_data())


class PageEditView(TellsSecondEditor, EditView):
    pass


class PageRevertView(TellsSecondEditor, RevisionsRevertView):
    pass


class StoryCreateView(RefusesErrors, CreateView):
    pass


class StoryEditView(RefusesErrors, TellsSecondEditor, EditView):
    partials_template_name = "stories/newsroom/edit_partials.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the findings for a save in the background; a whole page has them in its panel."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "checks": checks_for(self.request, self.page)} if context["is_partial"] else context


class StoryRevertView(RefusesErrors, TellsSecondEditor, RevisionsRevertView):
    pass


class StoryWorkflowView(WorkflowActionView):
    """Approval from the list of what waits: refused like publishing from the editor, and leads there."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        latest = self.object.specific.get_latest_revision_as_object()
        errors = errors_of(latest) if self.action_name == "approve" else []
        if not errors:
            response: HttpResponse = super().post(request, *args, **kwargs)
            return response
        messages.error(request, f"Not approved, since approval publishes. {words_on(errors)}")
        editor = reverse(self.redirect_url_name, args=[self.object.pk])
        if request.headers.get("x-requested-with") == "XMLHttpRequest":
            answer: HttpResponse = self.render_modal_json(request, {"step": "success", "redirect": editor})
            return answer
        return redirect(editor)


class StoryViewSet(PageViewSet):
    model = StoryPage
    add_view_class = StoryCreateView
    edit_view_class = StoryEditView
    revisions_revert_view_class = StoryRevertView
    workflow_action_view_class = StoryWorkflowView


class AnyPageViewSet(PageViewSet):
    """All other pages of the paper."""

    edit_view_class = PageEditView
    revisions_revert_view_class = PageRevertView


def mark_errors(form: Any, errors: Iterable[Check]) -> None:
    """Set each error beside the field, or the block of the text, that it is about."""
    in_body: dict[int, ValidationError] = {}
    for check in errors:
        if check.field == "body" and check.block is not None:
            in_body[check.block] = StructBlockValidationError(block_errors={"alt": ValidationError(check.message)})
        else:
            form.add_error(check.field if check.field in form.fields else None, check.message)
    if in_body:
        form.add_error("body", StreamBlockValidationError(block_errors=in_body))


def words_on(errors: Iterable[Check]) -> str:
    return " ".join(check.message for check in errors)


def tell_embargo(request: HttpRequest, story: StoryPage, now: datetime) -> None:
    if story.embargoed_until and story.embargoed_until > now:
        until = f"{date_format(localtime(story.embargoed_until), 'j F Y')} at {time_of(story.embargoed_until)}"
        messages.warning(
            request, f"The story is under embargo: it was not published now, but is scheduled for {until}."
        )


def time_of(moment: datetime) -> str:
    return date_format(localtime(moment), "H:i")
