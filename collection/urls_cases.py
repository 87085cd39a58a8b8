"""The list of cases stands among the addresses of the book, though it knows about desks."""

from django.urls import path

from collection.views import listing, money

urlpatterns = [
    path("", listing.cases, name="list"),
    path("money/", money.by_hand, name="money"),
    path("money/enter/", money.enter, name="money-enter"),
    path("money/<uuid:uid>/", money.decide, name="money-decide"),
    path("repayments/<uuid:uid>/take-back/", money.take_back, name="repayment-take-back"),
]
