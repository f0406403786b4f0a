"""Statements that Django words once; from then on only their values are new.

To word one takes Django several times as long as the database takes to answer it.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models, transaction
from django.db.models.query import ModelIterable, get_related_populators
from django.db.models.sql import InsertQuery, UpdateQuery

Row = tuple[Any, ...]
Convert = Callable[[Any], Any]
M = TypeVar("M", bound=models.Model)


class Blank(models.Expression):
    """A place for a value, by its name.

    It is handed to the database as it is, or as its column is saved.
    """

    def __init__(self, name: str, column: Any = None) -> None:
        super().__init__()
        self.name = name
        self.column = column

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)

    def filled(self, values: dict[str, Any]) -> Any:
        value = values[self.name]
        return self.column.get_db_prep_save(value, connection) if self.column else value


class Words(NamedTuple):
    sql: str
    parameters: Row
    converters: Sequence[tuple[int, Convert]] = ()
    made_of: Callable[[Row], Any] = tuple

    def rows(self, parameters: Sequence[Any]) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(self.sql, parameters)
            rows = [list(row) for row in cursor.fetchall()]
        for at, convert in self.converters:
            for row in rows:
                row[at] = convert(row[at])
        return [self.made_of(tuple(row)) for row in rows]


class Question(Generic[M]):
    """Rows of a queryset that nothing but the values of its blanks changes.

    `ask` makes that queryset, or its values_list(); a row of that is a tuple.
    """

    def __init__(self, ask: Callable[[], models.QuerySet[M, Any]]) -> None:
        self._ask = ask
        self._worded = lru_cache(self._word)

    def rows(self, **values: Any) -> list[Any]:
        words = self._worded(connection.vendor)
        return words.rows(_filled(words, values))

    def all(self, **values: Any) -> list[M]:
        return self.rows(**values)

    def first(self, **values: Any) -> M | None:
        """For a queryset that is cut to one."""
        return next(iter(self.rows(**values)), None)

    def value(self, **values: Any) -> Any:
        """The only column of the first row, None without one."""
        return next((row[0] for row in self.rows(**values)), None)

    def _word(self, _vendor: str) -> Words:
        rows: Any = self._ask()
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        found = compiler.get_converters([column for column, _, _ in compiler.select])
        converters = [
            (at, partial(converted, convert, expression))
            for at, (steps, expression) in found.items()
            for convert in steps
        ]
        made_of = _maker(compiler) if rows._iterable_class is ModelIterable else tuple
        return Words(sql, tuple(parameters), converters, made_of)


class Change:
    """An update of the rows of a queryset; `fields` are blanks of their own names."""

    def __init__(
        self, ask: Callable[[], models.QuerySet[Any, Any]], fields: Sequence[str] = (), **fixed: Any
    ) -> None:
        self._ask = ask
        self._fields = fields
        self._fixed = fixed
        self._worded = lru_cache(self._word)

    def __call__(self, **values: Any) -> int:
        """How many rows there were."""
        words = self._worded(connection.vendor)
        broken = transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS)
        with broken, connection.cursor() as cursor:
            cursor.execute(words.sql, _filled(words, values))
            return int(cursor.rowcount)

    def _word(self, _vendor: str) -> Words:
        rows = self._ask()
        columns = {name: rows.model._meta.get_field(name) for name in self._fields}
        blanks = {name: Blank(name, column) for name, column in columns.items()}
        query: Any = rows.query.chain(UpdateQuery)
        query.add_update_values({**self._fixed, **blanks})
        sql, parameters = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        return Words(sql, tuple(parameters))


class Insert:
    """New rows of a model, one at a time; `fixed` are columns that the database works out."""

    def __init__(self, model: type[models.Model], **fixed: models.Expression) -> None:
        self._model = model
        self._fields = [one for one in model._meta.local_concrete_fields if one.name not in fixed]
        self._fixed = fixed
        self._worded = lru_cache(self._word)

    def __call__(self, row: models.Model) -> None:
        words = self._worded(connection.vendor)
        values = {field.attname: field.pre_save(row, add=True) for field in self._fields}
        broken = transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS)
        with broken, connection.cursor() as cursor:
            cursor.execute(words.sql, _filled(words, values))
        row._state.adding = False
        row._state.db = DEFAULT_DB_ALIAS

    def _word(self, _vendor: str) -> Words:
        blanks: dict[str, Any] = {one.attname: Blank(one.attname, one) for one in self._fields}
        query: Any = InsertQuery(self._model)
        row = self._model(**blanks, **self._fixed)
        query.insert_values(self._model._meta.local_concrete_fields, [row])
        [(sql, parameters)] = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        return Words(sql, tuple(parameters))


def _filled(words: Words, values: dict[str, Any]) -> list[Any]:
    return [one.filled(values) if isinstance(one, Blank) else one for one in words.parameters]


def converted(convert: Any, expression: Any, value: Any) -> Any:
    """What one of a compiler's get_converters() makes of a value of the connection now used."""
    return convert(value, expression, connection)


def _maker(compiler: Any) -> Callable[[Row], Any]:
    """Makes of a row what Django's own ModelIterable does."""
    chosen, select = compiler.klass_info, compiler.select
    start, end = chosen["select_fields"][0], chosen["select_fields"][-1] + 1
    names = [column.target.attname for column, _, _ in select[start:end]]
    # The stubs are of a later Django.
    related = get_related_populators(chosen, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]

    def made_of(row: Row) -> Any:
        made = chosen["model"].from_db(DEFAULT_DB_ALIAS, names, row[start:end])
        for populator in related:
            populator.populate(row, made)
        return made

    return made_of
