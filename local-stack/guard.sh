#!/bin/sh
# guard.sh SIGNAL COMMAND...
#
# Runs a server that must never outlive its owner. The owner holds our standard input open; when it lets go,
# also by being killed with SIGKILL, the server gets SIGNAL, then harder ones. Whatever the server itself
# has started is in the same process group and goes with it, so the owner has to start us as a group leader.

signal=$1
shift
exec 3<&0

"$@" 3<&- </dev/null &
server=$!

{
  cat >/dev/null
  kill -s "$signal" "$server"
  sleep 3
  kill -s QUIT "$server"
  sleep 1
  kill -s KILL -- "-$$"
} <&3 >/dev/null 2>&1 &

wait "$server"
kill -s KILL -- "-$$"
