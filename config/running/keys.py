"""Makes passwords and keys for docker-compose.yml, once, each where only its reader mounts it.

`python -m config.running.keys FOLDER` writes one file a variable into `app/` and `operator/`
(read through SECRETS_DIR), the superuser's password into `database/`, and Redis's configuration
into `redis/`. What exists is never changed: the FIELD_KEYS that encrypted a row must stay.
"""

import sys
from pathlib import Path
from urllib.parse import quote

from config.running.home import DATABASE, new_secrets, write_private


def secret_files() -> dict[str, str]:
    """Path below the folder, and content, of every file."""
    made = new_secrets()

    def database_url(role: str, database: str = DATABASE) -> str:
        return f"postgresql://{role}:{quote(made[role], safe='')}@postgres:5432/{database}"

    return {
        "app/DATABASE_URL": database_url("recoup_app"),
        "app/REDIS_URL": f"redis://:{quote(made['redis'], safe='')}@redis:6379/0",
        "app/SECRET_KEY": made["SECRET_KEY"],
        "app/FIELD_KEYS": made["FIELD_KEYS"],
        "app/HASH_KEY": made["HASH_KEY"],
        "operator/OWNER_DATABASE_URL": database_url("recoup_owner"),
        "operator/PLATFORM_DATABASE_URL": database_url("recoup_platform"),
        "operator/BOOTSTRAP_DATABASE_URL": database_url("postgres", "postgres"),
        "database/password": made["postgres"],
        "redis/redis.conf": f"requirepass {made['redis']}\nappendonly yes\n",
    }


def main(folder: Path) -> int:
    """Write the files unless an earlier run did."""
    finished = folder / "app" / "made"
    if finished.exists():
        print("Keys are there; nothing changed.")
        return 0
    for name, content in secret_files().items():
        path = folder / name
        write_private(path, content)
        if not name.startswith(("app/", "operator/")):
            # Read by the database's and Redis's own users; nobody else mounts that folder.
            path.chmod(0o444)
    write_private(finished, "yes")
    print(f"Keys made in {folder}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
