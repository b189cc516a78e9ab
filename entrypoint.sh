#!/bin/sh
# What the image starts: the program, as a user without rights. Arguments are those of `python -m notifier`.
# A fresh volume belongs to root, and so does what somebody wrote there as root: it is handed over first.
set -eu

user=10001
state=${NOTIFIER_STATE:-/data}

if [ "$(id -u)" -eq 0 ]; then
    find "$state" -xdev ! -user "$user" -exec chown -h "$user:$user" {} + ||
        echo "$state could not be handed to the user $user, who has to write there" >&2
    set -- setpriv --reuid="$user" --regid="$user" --clear-groups --no-new-privs --inh-caps=-all \
        python -m notifier "$@"
else
    set -- python -m notifier "$@"
fi
exec "$@"
