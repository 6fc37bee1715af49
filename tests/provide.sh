#!/bin/sh
# Installs what some tests need beside Python: a browser and PostgreSQL's programs. Where that is not possible
# the tests that need them are skipped, and say so.
have_browser() { command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1; }
have_postgres() { command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }
wanted=""
have_browser || wanted="$wanted chromium"
have_postgres || wanted="$wanted postgresql"
[ -n "$wanted" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing for the tests:$wanted"
  (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted) >/dev/null 2>&1 \
    || echo "Could not install$wanted; the tests that need it are skipped."
else
  echo "Not installed:$wanted; the tests that need it are skipped."
fi
exit 0
