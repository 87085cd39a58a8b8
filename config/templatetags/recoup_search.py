"""The rows of a page of search results, put together here as those of the worklist are.

Text from outside is escaped here; figures and dates hold digits and our own words only.
"""

from collections.abc import Sequence

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from collection.views.search import FoundLine
from config.templatetags.recoup_ui import dpd

register = template.Library()


@register.simple_tag
def found_rows(lines: Sequence[FoundLine], *, lender: bool = False) -> SafeString:
    """The rows as `<tr>`s. lender: whose case it is."""
    closed = gettext("closed %(day)s")
    return mark_safe("".join(_row(line, closed, lender) for line in lines))


def _row(line: FoundLine, closed: str, lender: bool) -> str:
    href, who, loan_no = escape(line.href), escape(line.borrower), escape(line.loan_no)
    of_lender = f'<td class="lo">{escape(line.lender)}</td>' if lender else ""
    stands = dpd(line.dpd, line.bucket, line.tone)
    if line.closed:
        stands = escape(closed % {"day": line.closed})
    return (
        f'<tr data-href="{href}">'
        f'<td class="m1"><a class="rl nm" href="{href}" title="{who}">{who}</a> '
        f'<span class="sub tnum">{escape(line.phone)}</span></td>'
        f'<td class="m3"><span class="tag">{escape(line.by)}</span></td>'
        f'<td class="sub tnum m2 c-loan" title="{loan_no}">{loan_no}</td>{of_lender}'
        f'<td class="num m1r">{line.outstanding}</td><td class="num m2r">{stands}</td>'
        f'<td class="lo">{escape(line.desk)}</td></tr>'
    )
