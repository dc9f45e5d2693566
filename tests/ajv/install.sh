#!/usr/bin/env bash
# Installs ajv, the second opinion on our JSON Schemas, into .cache/ajv at a pinned version. Does nothing when it is there.
set -euo pipefail
cd "$(dirname "$0")/../.."

version=8.17.1
cache="$PWD/.cache/ajv"

if ! grep -q "\"version\": *\"$version\"" "$cache/node_modules/ajv/package.json" 2>/dev/null; then
  command -v npm >/dev/null || { echo "error: npm is missing: install Node 20 or later" >&2; exit 1; }
  mkdir -p "$cache"
  npm install --prefix "$cache" --no-audit --no-fund --ignore-scripts --loglevel error "ajv@$version" >&2
fi
