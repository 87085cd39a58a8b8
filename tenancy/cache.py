"""The cache: keys carry the company, and a lost Redis is a miss, never an error."""

import functools
import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

from tenancy.scope import scope_or_none

log = logging.getLogger(__name__)


def company_key(key: str, prefix: str, version: int) -> str:
    """`prefix:company:version:key`; "-" stands for no company. Nothing leaks between tenants."""
    scope = scope_or_none()
    return f"{prefix}:{scope.company_id if scope else '-'}:{version}:{key}"


def _missing_is(default: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def decorate(method: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(method)
        def forgiving(self: "CompanyCache", *args: Any, **kwargs: Any) -> Any:
            try:
                return method(self, *args, **kwargs)
            except (RedisError, OSError) as error:
                log.warning("cache unreachable: %s", error)
                return (
                    kwargs.get("default", args[1] if len(args) > 1 else None)
                    if (default == "given")
                    else default
                )

        return forgiving

    return decorate


class CompanyCache(RedisCache):
    """Django's Redis cache with company keys; pages go on without it."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, {**params, "KEY_FUNCTION": company_key})

    get = _missing_is("given")(RedisCache.get)
    set = _missing_is(None)(RedisCache.set)
    add = _missing_is(True)(RedisCache.add)
    delete = _missing_is(False)(RedisCache.delete)
    touch = _missing_is(False)(RedisCache.touch)
    get_many = _missing_is({})(RedisCache.get_many)
    set_many = _missing_is([])(RedisCache.set_many)
