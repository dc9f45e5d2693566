#!/usr/bin/env bash
# A container engine for the tests, from Debian's packages alone. Idempotent; leaves an engine that answers alone.
#   eval "$(tests/containers/engine.sh)"     starts it when needed and exports what Testcontainers needs to know of it
#   tests/containers/engine.sh stop          stops it if this script started it and no container runs
set -euo pipefail
pid_file=/tmp/orchestrator-dockerd.pid
log() { echo "engine: $*" >&2; }
as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi; }

if [ "${1:-}" = stop ]; then
  [ -s "$pid_file" ] && [ -z "$(docker ps -q 2>/dev/null)" ] || exit 0
  pid=$(<"$pid_file")
  grep -qs dockerd "/proc/$pid/cmdline" && as_root kill "$pid" && log "stopped"
  rm -f "$pid_file"
  exit 0
fi

# Two runs that both need one start one.
exec 9>/tmp/orchestrator-engine.lock
flock 9

install_packages() {
  command -v dockerd >/dev/null && command -v iptables >/dev/null && command -v debootstrap >/dev/null && return
  log "installing docker.io, cgroupfs-mount, iptables, debootstrap"
  as_root apt-get update -qq >&2
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends docker.io cgroupfs-mount iptables debootstrap >/dev/null
}

# Debian 12 has no compose v2: it is taken out of the next release's package, without touching the system's sources.
install_compose() {
  docker compose version >/dev/null 2>&1 && return
  local folder plugins mirror
  folder=$(mktemp -d)
  plugins=${DOCKER_CONFIG:-$HOME/.docker}/cli-plugins
  mirror=$(awk '/^URIs:/ {print $2; exit} /^deb / {print $2; exit}' /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null | head -1)
  mkdir -p "$plugins" "$folder"/lists/partial "$folder"/archives/partial
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >"$folder/sources.list"
  : >"$folder/status"
  local apt=(apt-get -qq -o Dir::Etc::sourcelist="$folder/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$folder/lists"
    -o Dir::State::status="$folder/status" -o Dir::Cache::archives="$folder/archives" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=
    -o APT::Sandbox::User=root)
  "${apt[@]}" update >&2
  (cd "$folder" && "${apt[@]}" download docker-compose >/dev/null && dpkg -x docker-compose_*.deb out)
  install -m 755 "$folder/out/usr/libexec/docker/cli-plugins/docker-compose" "$plugins/docker-compose"
  rm -rf "$folder"
}

start() {
  docker info >/dev/null 2>&1 && return
  mountpoint -q /sys/fs/cgroup/memory || as_root cgroupfs-mount >/dev/null 2>&1 || true
  as_root setsid dockerd >/tmp/orchestrator-dockerd.log 2>&1 </dev/null 9>&- &
  for _ in $(seq 120); do
    docker info >/dev/null 2>&1 && { pgrep -xn dockerd >"$pid_file"; log "started"; return; }
    sleep 0.5
  done
  log "dockerd did not answer; see /tmp/orchestrator-dockerd.log"
  return 1
}

docker info >/dev/null 2>&1 || { install_packages; start; }
install_compose
echo "export DOCKER_API_VERSION=$(docker version -f '{{.Server.APIVersion}}') TESTCONTAINERS_RYUK_DISABLED=true TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1"
