# The cookie is there before the server and any health check: one that root made would shut the server out.
set -eu
cookie=/var/lib/rabbitmq/.erlang.cookie
if [ "$1" = rabbitmq-server ]; then
  [ -s "$cookie" ] || (umask 077 && head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$cookie")
  chmod 400 "$cookie"
  [ "$(id -u)" != 0 ] || { chown -R rabbitmq:rabbitmq /var/lib/rabbitmq; exec gosu rabbitmq "$@"; }
fi
exec "$@"
