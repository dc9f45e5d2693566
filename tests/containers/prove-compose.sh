#!/usr/bin/env bash
# Proves compose/compose.yaml with the stand-in images: everything comes up healthy, a job goes through, a killed runner costs no job,
# an agent is boxed inside its container, and is refused where the container has no profile for boxes.
# Needs an engine (tests/containers/engine.sh), the images (images.sh beside it), the agent CLIs (tests/clis/install.sh) and a build.
# Each line "compose: ok: ..." is a proof; stops what it started.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
project=orchestrator-proof-$$
read -r GATEWAY_PORT RABBITMQ_CONSOLE_PORT RABBITMQ_PORT < <(python3 -c '
import socket
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
print(*(s.getsockname()[1] for s in sockets))')
export GATEWAY_PORT RABBITMQ_CONSOLE_PORT RABBITMQ_PORT IMAGE_PREFIX=orchestrator IMAGE_TAG=proof-$$ SECRETS_FOLDER=$work/secrets
export PROOF_FOLDER=$work/agent PROOF_CLIS=$root/.cache/clis PROOF_MODEL=$root/tests/FakeModel/bin/Debug/net10.0
PROOF_CLIS=$(readlink -f "$PROOF_CLIS") || true
export DOCKER_BUILDKIT=0 COMPOSE_DOCKER_CLI_BUILD=0
compose() { docker compose -p "$project" -f "$root/compose/compose.yaml" -f "$root/tests/containers/compose/agent.yaml" "$@"; }
ok() { echo "compose: ok: $* ($SECONDS s)"; }
fail() { echo "compose: FAILED: $*" >&2; compose ps -a >&2; compose logs --no-color --tail 60 >&2; exit 1; }
# A recreated container leaves its nameless volume behind, and "down -v" knows only those of the last one.
note_volumes() { compose ps -aq | xargs -r docker inspect -f '{{range .Mounts}}{{if eq .Type "volume"}}{{println .Name}}{{end}}{{end}}' >>"$work/volumes"; }
stop() {
  note_volumes
  compose down -v --timeout 10 >/dev/null 2>&1
  sort -u "$work/volumes" | xargs -r docker volume rm -f >/dev/null 2>&1
  docker image ls -q --filter "reference=orchestrator/*:$IMAGE_TAG" | sort -u | xargs -r docker image rm -f >/dev/null 2>&1
  rm -rf "$work"
}
trap stop EXIT

[ -f "$PROOF_MODEL/Orchestrator.FakeModel.dll" ] || fail "tests/FakeModel is not built: dotnet build tests/FakeModel"
[ -d "$PROOF_CLIS/node_modules/@anthropic-ai" ] || fail "claude is missing: tests/clis/install.sh"
ANTHROPIC_API_KEY=sk-of-the-proof "$root/compose/make-secrets.sh" "$SECRETS_FOLDER" 2>/dev/null
# Readable by the containers' own users, whatever the umask of this checkout.
install -d -m 755 "$work" "$PROOF_FOLDER"
install -m 755 "$root/tests/containers/compose/boxed-agent.sh" "$PROOF_FOLDER/"
install -m 644 "$root/tests/containers/compose/model.json" "$PROOF_FOLDER/"
image() { # target service
  local name
  name=$(sed 's/Runner$/-Runner/' <<<"$2" | tr '[:upper:]' '[:lower:]')
  docker build -q --target "$1" --build-arg SERVICE="$2" -t "orchestrator/$name:$IMAGE_TAG" "$root" >/dev/null || fail "image $name"
}
for service in Gateway Pipeline Scheduler Budget; do image service $service; done
for service in PlannerRunner ImplementerRunner ReviewerRunner; do image runner $service; done
ok "seven images built from one Dockerfile"

compose up -d --no-build --wait --wait-timeout 300 >/dev/null 2>&1 || fail "up --wait"
ok "every service is up and healthy"

token=$(cat "$SECRETS_FOLDER/admin_token")
api() { curl -fsS -H "Authorization: Bearer $token" -H 'Content-Type: application/json' "http://127.0.0.1:$GATEWAY_PORT$1" "${@:2}"; }
look() { python3 -c 'import json, sys; data = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"; }
submit() { api /v1/jobs -d "$1" | look 'data["job_id"]'; }
one_step() { printf '{"goal": "Prove it.", "steps": [{"step_id": "work", "agent": "%s", "role": "implementer", "prompt": "%s", "timeout_sec": 60, "require_changes": false}]}' "$1" "$2"; }
until_is() { # seconds expression value job
  local seen=""
  for _ in $(seq "$(($1 * 2))"); do
    seen=$(api "/v1/jobs/$4" | look "$2") || seen=""
    [ "$seen" = "$3" ] && return
    sleep 0.5
  done
  api "/v1/jobs/$4" >&2 || true
  fail "job $4: $2 is '$seen' and not '$3' after $1 s"
}
completed() { until_is "$2" 'data["status"]' completed "$1"; }

job=$(submit '{"goal": "Through compose."}')
completed "$job" 180
[ -n "$(api "/v1/jobs/$job/artifacts/patch.diff")" ] || fail "the job's patch is empty"
ok "the default pipeline went through and left a patch"

job=$(submit "$(one_step claude 'Write NOTES.md.')")
completed "$job" 240
api "/v1/jobs/$job/artifacts/patch.diff" | grep -qx '+written in the box' || fail "claude's patch: $(api "/v1/jobs/$job/artifacts/patch.diff")"
ok "the real claude worked in its box inside the container and reached its model through the relay alone"

job=$(submit "$(one_step simulated 'simulate: sleep 8s')")
until_is 90 'data["steps"][0]["status"]' running "$job"
docker kill "$(compose ps -q implementer-runner)" >/dev/null
compose up -d --no-build implementer-runner >/dev/null 2>&1
completed "$job" 240
[ "$(api "/v1/jobs/$job" | look 'data["usage"]["launches"]')" = 2 ] || fail "the killed launch is not counted"
ok "a runner was killed in the middle of a step and the job completed with its second launch"

job=$(submit "$(one_step command 'Look around.')")
completed "$job" 180
api "/v1/jobs/$job/artifacts/patch.diff" >"$work/patch.diff"
for line in 'user 1000' 'CapEff:	0000000000000000' 'interfaces: lo' 'does not see /run/secrets/orchestrator' 'does not see /var/lib/orchestrator/artifacts' \
  'does not see /app/service' 'does not see /etc/shadow' 'settings: 0' 'does not write /usr'; do
  grep -qxF "+$line" "$work/patch.diff" || { cat "$work/patch.diff" >&2; fail "the boxed agent did not find: $line"; }
done
ok "an agent ran in its box inside the container: no capability, no network, no secret, no artifact of others"

ready() { compose exec -T implementer-runner bash -c 'exec 3<>/dev/tcp/127.0.0.1/8080; printf "GET /health/ready HTTP/1.0\r\nHost: localhost\r\n\r\n" >&3; cat <&3' | tail -1; }
ready | look 'data["checks"]["sandbox"]["status"]' | grep -qx healthy || fail "readiness does not say that the sandbox works: $(ready)"
note_volumes
compose -f "$root/tests/containers/compose/no-profile.yaml" up -d --no-build --wait --wait-timeout 240 implementer-runner >/dev/null 2>&1 || fail "up without the profile"
ready >"$work/ready"
look 'data["checks"]["sandbox"]["status"]' <"$work/ready" | grep -qx degraded || fail "readiness without the profile: $(cat "$work/ready")"
grep -q 'seccomp profile' "$work/ready" || fail "readiness does not name the remedy: $(cat "$work/ready")"
job=$(submit "$(one_step command 'Look around.')")
until_is 120 'data["parked"] and data["parked"]["reason"]' sandbox_unavailable "$job"
api "/v1/jobs/$job" | look 'data["parked"]["detail"]' | grep -q 'seccomp profile' || fail "the parked job does not name the remedy"
ok "without the profile the agent was refused: in readiness and on the job, with the remedy"

note_volumes
compose up -d --no-build --wait --wait-timeout 240 implementer-runner >/dev/null 2>&1 || fail "up with the profile again"
completed "$job" 180
ok "with the profile again the same job completed by itself"
