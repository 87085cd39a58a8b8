"""Addresses of the daily work: the worklist, a case and what is done on it, the team board."""

from django.urls import path

from collection import urls_dispositions, urls_lists, urls_promises
from collection.views import (
    allowed,
    attachments,
    board,
    case,
    case_acts,
    case_timeline,
    disaster,
    gate,
    holds,
    leave,
    note,
    presence,
    queue,
    reassign,
    sealed,
    skip,
    undo,
)

app_name = "work"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("board/", board.team_board, name="board"),
    path("board/figures/", board.board_figures, name="board-figures"),
    path("reassign/", reassign.reassign, name="reassign"),
    path("leave/", leave.calendar, name="leave"),
    path("leave/new/", leave.new, name="leave-new"),
    path("leave/<uuid:uid>/cancel/", leave.cancel, name="leave-cancel"),
    path("moves/<uuid:uid>/undo/", undo.undo, name="undo"),
    path("sealed/", sealed.sealed, name="sealed"),
    path("sealed/<uuid:package>/", sealed.opened, name="sealed-open"),
    path("cases/<uuid:uid>/", case.case, name="case"),
    path("cases/<uuid:uid>/note/", note.note, name="note"),
    path("cases/<uuid:uid>/files/<uuid:file>/", attachments.attachment, name="attachment"),
    path("cases/<uuid:uid>/skip/", skip.skip, name="skip"),
    path("cases/<uuid:uid>/allowed/", allowed.allowed, name="allowed"),
    path("cases/<uuid:uid>/here/", presence.here, name="here"),
    path("cases/<uuid:uid>/timeline/", case_timeline.older, name="timeline"),
    path("cases/<uuid:uid>/phone/<uuid:point>/", case_acts.phone, name="phone"),
    path("cases/<uuid:uid>/contact/", gate.contact, name="contact"),
    path("cases/<uuid:uid>/id-number/", case_acts.id_number, name="id-number"),
    path("cases/<uuid:uid>/hold/", holds.open_one, name="hold-open"),
    path("holds/", holds.holds, name="holds"),
    path("holds/region/", disaster.disaster, name="hold-disaster"),
    path("holds/<uuid:uid>/answer/", holds.answer, name="hold-answer"),
    path("holds/<uuid:uid>/prolong/", holds.prolong, name="hold-prolong"),
    path("holds/<uuid:uid>/lift/", holds.lift, name="hold-lift"),
    *urls_dispositions.urlpatterns,
    *urls_lists.urlpatterns,
    *urls_promises.urlpatterns,
]
