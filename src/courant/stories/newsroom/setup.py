"""Who may do what in a new newsroom: groups, their permissions, and one step of approval.

A group or workflow that is there already is left as the newsroom made it.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

AUTHORS, EDITORS, PUBLISHERS = "Authors", "Editors", "Publishers"
APPROVAL = "Editor approval"
# What Wagtail's own first migrations make.
MODERATORS, MODERATORS_APPROVAL = "Moderators", "Moderators approval"

PAGES = {
    AUTHORS: ["add"],
    EDITORS: ["add", "change", "publish", "lock", "unlock"],
    PUBLISHERS: ["add", "change", "publish", "lock", "unlock", "bulk_delete"],
}
FILES = {
    AUTHORS: ["add_image", "choose_image"],
    EDITORS: ["add_image", "change_image", "choose_image"],
}
FILES[PUBLISHERS] = FILES[EDITORS]
ALL = ("view", "add", "change", "delete")
EDITORIAL = {
    "wagtailredirects.redirect": ALL,
    "readers.legaldocument": ("view", "add"),
    "stories.papersettings": ("change",),
    "wall.wallsettings": ("change",),
}
RIGHTS = {
    AUTHORS: {},
    EDITORS: EDITORIAL,
    PUBLISHERS: {
        **EDITORIAL,
        "wall.institution": ALL,
        "readers.reader": ALL,
        "auth.group": ALL,
        "wagtailcore.collection": ("add", "change", "delete"),
        "wagtailcore.site": ("add", "change", "delete"),
        "wagtailcore.workflow": ("add", "change", "delete"),
        "wagtailcore.task": ("add", "change", "delete"),
    },
}


@transaction.atomic
def ensure_newsroom(*, front: Page) -> None:
    """Make the three groups and the approval for the tree below the front page, where they are missing."""
    Group.objects.filter(name=MODERATORS).exclude(page_permissions__page=front).update(name=PUBLISHERS)
    groups = {name: ensure_group(name, front) for name in (AUTHORS, EDITORS, PUBLISHERS)}
    ensure_approval(front, [groups[EDITORS], groups[PUBLISHERS]])


def ensure_group(name: str, front: Page) -> Group:
    """A group with its permissions on the front page's tree, and no longer on the root of all trees."""
    group, _ = Group.objects.get_or_create(name=name)
    if GroupPagePermission.objects.filter(group=group, page=front).exists():
        return group
    GroupPagePermission.objects.filter(group=group, page__depth=1).delete()
    for kind in PAGES[name]:
        GroupPagePermission.objects.create(group=group, page=front, permission_type=kind)
    collection = Collection.get_first_root_node()
    for permission in Permission.objects.filter(
        content_type__app_label__in=["wagtailimages", "wagtaildocs"], codename__in=FILES[name]
    ):
        GroupCollectionPermission.objects.get_or_create(group=group, collection=collection, permission=permission)
    group.permissions.add(*permissions_for(name))
    return group


def permissions_for(name: str) -> Iterable[Permission]:
    wanted = Q(content_type__app_label="wagtailadmin", codename="access_admin")
    for model, deeds in RIGHTS[name].items():
        app, label = model.split(".")
        wanted |= Q(content_type__app_label=app, codename__in=[f"{deed}_{label}" for deed in deeds])
    return Permission.objects.filter(wanted)


def ensure_approval(front: Page, approvers: list[Group]) -> None:
    """One step: an editor or publisher approves, and approval publishes."""
    if WorkflowPage.objects.filter(page=front).exists():
        return
    workflow = Workflow.objects.filter(name=MODERATORS_APPROVAL).first()
    task = GroupApprovalTask.objects.filter(name=MODERATORS_APPROVAL).first()
    if workflow is None or task is None:
        workflow, task = Workflow.objects.create(name=APPROVAL), GroupApprovalTask.objects.create(name=APPROVAL)
        WorkflowTask.objects.create(workflow=workflow, task=task)
    workflow.name = task.name = APPROVAL
    workflow.save()
    task.save()
    task.groups.set(approvers)
    WorkflowPage.objects.filter(workflow=workflow).delete()
    WorkflowPage.objects.create(workflow=workflow, page=front)
