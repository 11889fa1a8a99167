#!/usr/bin/env bash
# Installs, where missing, the system packages behind the names given: venv, chromium, graphviz, font.
set -euo pipefail

python=${PYTHON:-$(command -v python3.11 || echo python3)}
packages=()
for name in "$@"; do
  case $name in
    venv) "$python" -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3-venv) ;;
    chromium) [[ -n ${CHAINVIZ_CHROMIUM:-} ]] || command -v chromium chromium-browser >/dev/null || packages+=(chromium) ;;
    graphviz) command -v dot >/dev/null || packages+=(graphviz) ;;
    font) compgen -G '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf' >/dev/null || packages+=(fonts-dejavu-core) ;;
    *) echo "$0: expected venv, chromium, graphviz or font, got '$name'" >&2; exit 2 ;;
  esac
done
((${#packages[@]})) || exit 0

if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
  echo "missing on this machine: ${packages[*]} (names of Debian packages); please install them and try again" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
