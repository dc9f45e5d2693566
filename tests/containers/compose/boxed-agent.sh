#!/bin/sh
# An agent that writes down what it sees from inside its box. Its standard input is the JSON contract; its last line the answer.
cat >/dev/null
sees() { [ -e "$1" ] && echo "sees $1" || echo "does not see $1"; }
{
  echo "user $(id -u)"
  grep '^CapEff' /proc/self/status
  echo "interfaces:$(sed -n 's/^ *\([a-z0-9]*\):.*/ \1/p' /proc/net/dev | tr -d '\n')"
  sees /run/secrets/orchestrator
  sees /var/lib/orchestrator/artifacts
  sees /app/service
  sees /etc/shadow
  echo "settings: $(env | grep -c -e ConnectionStrings -e Gateway__ -e amqp)"
  touch /usr/written 2>/dev/null && echo "writes /usr" || echo "does not write /usr"
} >seen.txt
echo '{"status": "success", "summary": "Looked around."}'
