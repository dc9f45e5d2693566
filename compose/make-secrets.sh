#!/usr/bin/env bash
# Writes the secrets of a compose installation: random, once; an existing folder is left alone.
#   compose/make-secrets.sh [FOLDER]      default: secrets/ beside this script
# The keys of models come from ANTHROPIC_API_KEY and OPENAI_API_KEY; write them into the files later if they are not set now.
set -euo pipefail
folder=${1:-$(cd "$(dirname "$0")" && pwd)/secrets}
[ ! -e "$folder" ] || { echo "$folder exists; remove it to make new secrets (the database keeps its old password)." >&2; exit 0; }
random() { head -c 32 /dev/urandom | base64 | tr -dc 'a-zA-Z0-9' | head -c 40; }

umask 077
mkdir -p "$folder"
postgres=$(random)
rabbitmq=$(random)
printf %s "$postgres" >"$folder/postgres_password"
printf 'Host=postgres;Username=orchestrator;Password=%s;Database=orchestrator' "$postgres" >"$folder/postgres_connection"
printf 'amqp://orchestrator:%s@rabbitmq:5672/orchestrator' "$rabbitmq" >"$folder/rabbitmq_uri"
printf 'default_vhost = orchestrator\ndefault_user = orchestrator\ndefault_pass = %s\ndefault_user_tags.administrator = true\n' "$rabbitmq" >"$folder/rabbitmq.conf"
printf 'orch_admin_%s' "$(random)" >"$folder/admin_token"
printf %s "${ANTHROPIC_API_KEY:-}" >"$folder/anthropic_api_key"
printf %s "${OPENAI_API_KEY:-}" >"$folder/openai_api_key"
# The folder keeps others out; the files are read by the containers' own users.
chmod 444 "$folder"/*
echo "Secrets are in $folder. The admin token is in $folder/admin_token." >&2
