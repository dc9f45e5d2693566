#!/usr/bin/env bash
# Installs the agent CLIs that the integration tests drive into .cache/clis, at the versions that the adapters were tried with,
# and prints the paths of their programs. Does nothing when they are there.
set -euo pipefail
cd "$(dirname "$0")/../.."

cache="$PWD/.cache/clis"
packages=(@anthropic-ai/claude-code@2.1.330 @openai/codex@0.169.0 opencode-ai@1.18.33)
modules="$cache/node_modules"

fail() {
  echo "error: $*" >&2
  exit 1
}

# The programs themselves, not npm's links and wrappers: a wrapper that is killed leaves the program behind.
claude() { first "$modules/@anthropic-ai/claude-code/bin/claude.exe" "$modules"/@anthropic-ai/claude-code-linux-*/claude; }
codex() { first "$modules"/@openai/codex-linux-*/vendor/*/bin/codex; }
opencode() { first "$modules/opencode-ai/bin/opencode.exe" "$modules"/opencode-linux-*/bin/opencode; }

first() {
  local path
  for path in "$@"; do
    if [ -x "$path" ]; then
      echo "$path"
      return
    fi
  done
  return 1
}

# A package whose install script was kept from running has a small stub in place of the program.
is_installed() {
  local name=${1%@*} version=${1##*@}
  [ -f "$modules/$name/package.json" ] && grep -q "\"version\": *\"$version\"" "$modules/$name/package.json"
}

missing=()
for package in "${packages[@]}"; do
  is_installed "$package" || missing+=("$package")
done

if [ ${#missing[@]} -gt 0 ]; then
  command -v npm >/dev/null || fail "npm is missing: install Node 20 or later"
  mkdir -p "$cache/home"
  # A home of its own: one of the packages runs its program while it is installed, and that writes there.
  for package in "${missing[@]}"; do
    HOME="$cache/home" npm_config_userconfig="${npm_config_userconfig:-$HOME/.npmrc}" npm_config_cache="${npm_config_cache:-$HOME/.npm}" \
      npm install --prefix "$cache" --no-audit --no-fund --loglevel error "$package" >&2 || fail "npm could not install $package"
  done
fi

for program in claude codex opencode; do
  path=$("$program") || fail "$program was installed, but its program is not below $modules: remove $cache and try again"
  echo "$program=$path"
done
