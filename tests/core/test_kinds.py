"""A new file in `notifier/core/conditions` is a new condition: each keeps to the same form."""

from inspect import isabstract
from pkgutil import iter_modules

import pytest

import notifier.core.conditions as kinds
from notifier.core.verdict import Condition
from tests.core.helpers import module_of

KINDS = [module.name for module in iter_modules(kinds.__path__)]


def own_conditions(kind):
    module = module_of(kind)
    classes = [made for made in vars(module).values() if isinstance(made, type) and issubclass(made, Condition)]
    return [made for made in classes if made.__module__ == module.__name__]


def test_there_are_conditions():
    assert {"deadline", "threshold"} <= set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_defines_one_condition_with_the_file_s_name(kind):
    assert [made.__name__ for made in own_conditions(kind)] == [kind.rstrip("_").title()]


@pytest.mark.parametrize("kind", KINDS)
def test_a_condition_answers_everything_that_is_asked_of_one(kind):
    (made,) = own_conditions(kind)

    assert not isabstract(made)
    assert "read" in vars(made)
    assert made.__dataclass_params__.frozen
    assert made.__doc__


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_begins_with_the_field_that_a_rule_writes(kind):
    assert f"``{kind.rstrip('_')}: " in module_of(kind).__doc__.splitlines()[0]
