"""What every front end of ours says alike, whatever library it speaks through."""

import datetime

REPLY_QUEUE = {
    "x-queue-type": "classic", "x-expires": 600_000, "x-message-ttl": 300_000, "x-max-length": 10_000,
    "x-overflow": "reject-publish",
}


def deadline(seconds):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
