#!/bin/sh
# guard.sh SIGNAL COMMAND...
#
# Runs a program that must never outlive its owner. The owner holds our standard input open; when it lets go,
# also by being killed with SIGKILL, the program gets SIGNAL, then harder ones. Whatever the program itself has
# started is in the same process group and goes with it, so the owner has to start us as a group leader.
# The program's exit status is written to file descriptor 3, because our own end is a SIGKILL to the whole group.

signal=$1
shift
exec 4<&0

"$@" </dev/null 3>&- 4<&- &
program=$!

{
  cat >/dev/null
  kill -s "$signal" "$program"
  sleep 3
  kill -s QUIT "$program"
  sleep 1
  kill -s KILL -- "-$$"
} <&4 >/dev/null 2>&1 3>&- 4<&- &

wait "$program"
status=$?
trap '' PIPE # the owner may be gone
echo "$status" >&3
kill -s KILL -- "-$$"
