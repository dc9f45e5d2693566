#!/usr/bin/env bash
# Proves compose/compose.yaml: builds the images, brings everything up, runs a job through it, kills a runner in the middle of a
# step, and runs a boxed command. Needs an engine (tests/containers/engine.sh) and the images (tests/containers/images.sh).
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
project=orchestrator-proof-$$
export GATEWAY_PORT RABBITMQ_CONSOLE_PORT IMAGE_TAG=proof
read -r GATEWAY_PORT RABBITMQ_CONSOLE_PORT < <(python3 -c '
import socket
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*(s.getsockname()[1] for s in sockets))')
compose() { docker compose -p "$project" -f "$root/compose/compose.yaml" "$@"; }
fail() { echo "compose: FAILED: $*" >&2; compose ps >&2; compose logs --tail 40 >&2; exit 1; }
trap 'compose down -v --timeout 10 >/dev/null 2>&1; rm -rf "$work"' EXIT

"$root/compose/make-secrets.sh"
export DOCKER_BUILDKIT=0 COMPOSE_DOCKER_CLI_BUILD=0
for service in Gateway Pipeline Scheduler Budget; do
  name=$(echo "$service" | tr 'A-Z' 'a-z')
  docker build -q --target service --build-arg SERVICE="$service" -t "orchestrator/$name:proof" "$root" >/dev/null || fail "image $name"
done
for role in Planner Implementer Reviewer; do
  name=$(echo "$role" | tr 'A-Z' 'a-z')-runner
  docker build -q --target runner --build-arg SERVICE="${role}Runner" -t "orchestrator/$name:proof" "$root" >/dev/null || fail "image $name"
done

start=$SECONDS
compose up -d --no-build --wait --wait-timeout 240 || fail "up --wait"
echo "compose: up in $((SECONDS - start)) s"
token=$(cat "$root/compose/secrets/admin_token")
api() { curl -fsS -H "Authorization: Bearer $token" -H 'Content-Type: application/json' "http://127.0.0.1:$GATEWAY_PORT$1" "${@:2}"; }
field() { python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
finish() { # job seconds
  for _ in $(seq "$(($2 * 2))"); do
    status=$(api "/v1/jobs/$1" | field status)
    case $status in completed | failed | cancelled) break ;; esac
    sleep 0.5
  done
  [ "$status" = completed ] || { api "/v1/jobs/$1" >&2; fail "job $1 is $status"; }
}

job=$(api /v1/jobs -d '{"goal": "Through compose."}' | field job_id)
finish "$job" 60
echo "compose: job $job completed"

job=$(api /v1/jobs -d '{"goal": "Survive.", "steps": [{"step_id": "work", "agent": "simulated", "role": "implementer", "prompt": "simulate: sleep 8s", "timeout_sec": 120}]}' | field job_id)
for _ in $(seq 60); do
  api "/v1/jobs/$job" | grep -q '"running"' && break
  sleep 0.2
done
docker kill "$(compose ps -q implementer-runner)" >/dev/null
compose up -d --no-build implementer-runner >/dev/null
finish "$job" 120
echo "compose: job $job completed although its runner was killed"

compose exec -T implementer-runner bwrap --unshare-user --unshare-pid --unshare-net --ro-bind /usr /usr --symlink usr/lib /lib --symlink usr/lib64 /lib64 \
  --symlink usr/bin /bin --ro-bind /proc /proc --dev /dev true || fail "bubblewrap inside the runner's container"
echo "compose: bubblewrap works inside the runner's container"
