"""What a browser says it is, in the few words that a person recognises the own device by."""

# The first that is found counts: every browser names the older ones it wants to be taken for.
BROWSERS = (
    ("MicroMessenger/", "WeChat"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_of(agent: str) -> str:
    """A User-Agent header as "Chrome 126, Windows"; its beginning when it is none we know."""
    for mark, name in BROWSERS:
        _before, found, rest = agent.partition(mark)
        if found:
            version = rest.partition(".")[0].partition(" ")[0]
            system = next((name for mark, name in SYSTEMS if mark in agent), "")
            return ", ".join(filter(None, [f"{name} {version}".strip(), system]))
    return agent[:60]
