#!/usr/bin/env bash
# Proves the build argument AGENT_PACKAGES: a runner's image gets the agent CLIs from npm, at the versions that the tests use, and its own
# user can start them. Needs an engine (engine.sh), the images (images.sh beside it) and npm's registry, reachable from within a build.
# Each line "agents: ok: ..." is a proof; removes the image that it made.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
image=orchestrator/agents-proof:$$
export DOCKER_BUILDKIT=0
ok() { echo "agents: ok: $* ($SECONDS s)"; }
fail() { echo "agents: FAILED: $*" >&2; exit 1; }
log=$(mktemp)
trap 'docker image rm -f "$image" >/dev/null 2>&1; rm -f "$log"' EXIT

packages=$(sed -n 's/^packages=(\(.*\))$/\1/p' "$root/tests/clis/install.sh")
docker build --target runner --build-arg SERVICE=ImplementerRunner --build-arg AGENT_PACKAGES="$packages" -t "$image" "$root" >"$log" 2>&1 \
  || { tail -20 "$log" >&2; fail "the image with $packages does not build"; }
ok "a runner's image was built with $packages"

run() { docker run --rm --network none --read-only --tmpfs /tmp --env HOME=/tmp --cap-drop ALL --security-opt no-new-privileges --entrypoint "$1" "$image" "${@:2}"; }
for package in $packages; do
  case $package in *claude*) program=claude ;; *codex*) program=codex ;; *) program=opencode ;; esac
  said=$(run "$program" --version) || fail "$program does not start"
  grep -qF "${package##*@}" <<<"$said" || fail "$program says '$said' and not ${package##*@}"
done
ok "the runner's user starts each of them, without network, in a container that is read-only"

run sh -c '! command -v npm' >/dev/null || fail "npm is in the image"
ok "npm is not in the image"
