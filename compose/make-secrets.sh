#!/usr/bin/env bash
# Writes the secrets of a compose installation, random. What is there already is left alone; run it again to add what is missing.
#   compose/make-secrets.sh [FOLDER]      default: secrets/ beside this script
# The keys of models come from ANTHROPIC_API_KEY and OPENAI_API_KEY, now or in a later run, or are written into their files by hand. Credentials of
# private repositories are files in repositories/, each under the name that its project gives as credential: a token, user:password, or a private ssh key.
# Runners see a changed file once they are made anew: docker compose up -d --force-recreate.
set -euo pipefail
folder=${1:-$(cd "$(dirname "$0")" && pwd)/secrets}
random() { head -c 32 /dev/urandom | base64 | tr -dc 'a-zA-Z0-9' | head -c 40; }
# keep FILE TEXT: writes it unless there is something in it.
keep() { [ -s "$folder/$1" ] || printf "$2" "${@:3}" >"$folder/$1"; }

umask 077
mkdir -p "$folder/repositories"
keep postgres_password %s "$(random)"
keep postgres_connection 'Host=postgres;Username=orchestrator;Password=%s;Database=orchestrator' "$(<"$folder/postgres_password")"
rabbitmq=$(random)
if [ ! -s "$folder/rabbitmq_uri" ] || [ ! -s "$folder/rabbitmq.conf" ]; then
  rm -f "$folder/rabbitmq_uri" "$folder/rabbitmq.conf"
  keep rabbitmq_uri 'amqp://orchestrator:%s@rabbitmq:5672/orchestrator' "$rabbitmq"
  keep rabbitmq.conf 'default_vhost = orchestrator\ndefault_user = orchestrator\ndefault_pass = %s\ndefault_user_tags.administrator = true\n' "$rabbitmq"
fi
keep admin_token 'orch_admin_%s' "$(random)"
keep anthropic_api_key %s "${ANTHROPIC_API_KEY:-}"
keep openai_api_key %s "${OPENAI_API_KEY:-}"
# The folder keeps others out; the files are read by the containers' own users.
find "$folder" -type f -exec chmod 644 {} +
chmod 755 "$folder/repositories"
echo "Secrets are in $folder. The admin token is in $folder/admin_token." >&2
