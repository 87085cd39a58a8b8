"""How cases are worked: desks, notes, promises, the contact gate's records, tags and views."""

from collection.models.contact import ContactRule, ContactTry, ContactWish, DayOff
from collection.models.desk import Assignment, Leave, Move
from collection.models.dispositions import Disposition
from collection.models.notes import Attachment, Note, Remark, RemarkOpening
from collection.models.promises import Promise
from collection.models.tags import CaseTag, Tag
from collection.models.workbench import SavedView, WorkSettings

__all__ = [
    "Assignment",
    "Attachment",
    "CaseTag",
    "ContactRule",
    "ContactTry",
    "ContactWish",
    "DayOff",
    "Disposition",
    "Leave",
    "Move",
    "Note",
    "Promise",
    "Remark",
    "RemarkOpening",
    "SavedView",
    "Tag",
    "WorkSettings",
]
