"""Counting what belongs to rows, several kinds of it at once."""

from django.db.models import Count, Model, OuterRef, Subquery
from django.db.models.functions import Coalesce


def number_of(parts: str, of: type[Model]) -> Coalesce:
    """Return for `annotate` how many different `parts`, such as `rules__tile`, a row of a model has.

    It is a subquery of its own: joining several kinds of parts would multiply the rows of each.
    """
    row = of._default_manager.filter(pk=OuterRef("pk")).order_by().values("pk")
    return Coalesce(Subquery(row.annotate(n=Count(parts, distinct=True)).values("n")), 0)
