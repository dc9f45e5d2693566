#!/usr/bin/env bash
# Gets the public images that the tests name: where they can be pulled they are, else stand-ins are built from Debian's packages and
# this machine's .NET SDK. An image that is there already, real or not, is left alone. Stand-ins prove our files, not the public images.
#   tests/containers/images.sh [rabbitmq] [postgres] [dotnet]     all three without arguments
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export DOCKER_BUILDKIT=0
base=orchestrator-standin/debian:trixie
# Two runs that both miss an image build it once.
exec 9>/tmp/orchestrator-images.lock
flock 9
no_registry=""
# A registry that does not answer is asked once.
has() {
  docker image inspect "$1" >/dev/null 2>&1 && return
  [ -z "$no_registry" ] || return 1
  if timeout 300 docker pull -q "$1"; then
    echo "images: $1 was pulled" >&2
    return
  fi
  echo "images: $1 cannot be pulled; a stand-in is built" >&2
  no_registry=1
  return 1
}
as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi; }

make_base() {
  docker image inspect "$base" >/dev/null 2>&1 && return
  local root mirror
  root=$(mktemp -d)
  mirror=$(awk '/^URIs:/ {print $2; exit} /^deb / {print $2; exit}' /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null | head -1)
  command -v debootstrap >/dev/null || as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap >/dev/null
  [ -e /usr/share/debootstrap/scripts/trixie ] || as_root ln -s sid /usr/share/debootstrap/scripts/trixie
  as_root debootstrap --variant=minbase --include=ca-certificates --keyring=/usr/share/keyrings/debian-archive-keyring.gpg trixie "$root" "$mirror" >/dev/null
  as_root rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/usr/share/doc/* "$root"/usr/share/man/*
  # Services do not start while packages are installed.
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$root/usr/sbin/policy-rc.d" >/dev/null
  as_root chmod +x "$root/usr/sbin/policy-rc.d"
  as_root tar -C "$root" -c --numeric-owner . | docker import --change 'CMD ["bash"]' - "$base" >/dev/null
  as_root rm -rf "$root"
}

make_server() { # image folder
  has "$1" && return
  make_base
  docker build -q --build-arg BASE="$base" -t "$1" "$here/images/$2" >/dev/null
}

make_dotnet() {
  local runtime=mcr.microsoft.com/dotnet/aspnet:10.0 sdk=mcr.microsoft.com/dotnet/sdk:10.0 context dotnet
  dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
  if ! has $runtime; then
    make_base
    context=$(mktemp -d)
    mkdir "$context/dotnet"
    cp -a "$dotnet"/dotnet "$dotnet"/host "$dotnet"/shared "$context/dotnet/"
    docker build -q --build-arg BASE="$base" -t $runtime -f "$here/images/dotnet/aspnet.Dockerfile" "$context" >/dev/null
    rm -rf "$context"
  fi
  if ! has $sdk; then
    context=$(mktemp -d)
    mkdir "$context/dotnet"
    for part in packs sdk sdk-manifests templates; do [ ! -e "$dotnet/$part" ] || cp -a "$dotnet/$part" "$context/dotnet/"; done
    cp /etc/ssl/certs/ca-certificates.crt "$context/"
    docker build -q --build-arg BASE=$runtime -t $sdk -f "$here/images/dotnet/sdk.Dockerfile" "$context" >/dev/null
    rm -rf "$context"
  fi
}

for image in ${*:-rabbitmq postgres dotnet}; do
  case $image in
    rabbitmq) make_server rabbitmq:4-management rabbitmq ;;
    postgres) make_server postgres:17 postgres ;;
    dotnet) make_dotnet ;;
    *) echo "images: '$image' is none of rabbitmq, postgres, dotnet" >&2; exit 2 ;;
  esac
done
