#!/bin/sh
# Starts an edge in a container: says under which address it is reached, and puts the users' list, which comes as a secret in the
# environment, where the edge reads it. The list is not left in the environment of the process.
set -eu
folder="${RUN_FOLDER:-/run/rejoin}"
REJOIN_HOST="${REJOIN_HOST:-$(hostname -i | cut -d ' ' -f 1)}"
export REJOIN_HOST
if [ -n "${USERS_JSON:-}" ]; then
  (umask 077 && printf '%s' "$USERS_JSON" > "$folder/users.json")
  export REJOIN_USERS_FILE="$folder/users.json"
  unset USERS_JSON
fi
# The arenas of other threads would keep what they have given back.
export MALLOC_ARENA_MAX=1
exec node --max-semi-space-size=8 edge/main.ts
