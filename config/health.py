"""What a load balancer and a container's health check ask: is this process able to serve?"""

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.backoff import NoBackoff
from redis.retry import Retry


def database_answers() -> bool:
    """Whether the application role's connection answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone())
    except DatabaseError:
        return False


def redis_answers() -> bool:
    """Whether Redis answers within half a second."""
    client = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=0.5,
        socket_timeout=0.5,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        return bool(client.ping())
    except (redis.RedisError, OSError):
        return False
    finally:
        client.close()


@login_not_required
@never_cache
@require_safe
@transaction.non_atomic_requests
def healthz(_request: HttpRequest) -> JsonResponse:
    """State of database and Redis; 503 only without a database, for pages serve without Redis."""
    database, broker = database_answers(), redis_answers()
    told = {
        "database": "ok" if database else "gone",
        "redis": "ok" if broker else "gone",
    }
    return JsonResponse(told, status=200 if database else 503)
