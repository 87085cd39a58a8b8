"""Settings of manage.py: those of the web, and the two roles that only an operator may use.

`owner` owns the tables (migrations); `platform` sees every company and is audited at each use.
Where no `DATABASE_URL` is set, everything missing is derived from the embedded servers' home.
"""

from config.environment import OperatorEnvironment, adopt_embedded, database_settings, load

adopt_embedded()

from config.settings.web import *  # noqa: E402, F403
from config.settings.web import DATABASES  # noqa: E402

OPERATOR: OperatorEnvironment = load(OperatorEnvironment)
BOOTSTRAP_DATABASE_URL = OPERATOR.BOOTSTRAP_DATABASE_URL

# The owner's policies open only for a connection that says that it is migrating.
DATABASES["owner"] = database_settings(OPERATOR.OWNER_DATABASE_URL, options="-c app.migrating=on")
DATABASES["platform"] = database_settings(OPERATOR.PLATFORM_DATABASE_URL)
