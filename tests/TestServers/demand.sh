#!/usr/bin/env bash
# Names each server version that was asked for and not used, one a line; ends with 1 when there is any.
#   tests/TestServers/demand.sh rabbitmq=4.0,postgres=17 FILE      FILE has a line "rabbitmq 4.0.5 (container ...)" per server that was used
set -uo pipefail
code=0
for entry in ${1//,/ }; do
  server=${entry%%=*} version=${entry#*=}
  grep -qsE "^$server ${version//./\\.}(\.| )" "$2" && continue
  echo "$server $version"
  code=1
done
exit $code
