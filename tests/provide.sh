#!/bin/sh
# Installs what some tests need beside Python: a browser, PostgreSQL's programs, the proxies of deploy/, wrk for
# `make bench-wall`. Where that is not possible the tests that need them are skipped, and say so.
have_browser() { command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1; }
have_postgres() { command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }
have() { PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v "$1" >/dev/null 2>&1; }
wanted=""
have_browser || wanted="$wanted chromium"
have_postgres || wanted="$wanted postgresql"
have nginx || wanted="$wanted nginx-light"
have haproxy || wanted="$wanted haproxy"
have varnishd || wanted="$wanted varnish"
have wrk || wanted="$wanted wrk"
[ -n "$wanted" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing for the tests:$wanted"
  # None of them is to run as a service; and one that cannot be had does not keep the others away.
  policy=/usr/sbin/policy-rc.d
  [ -e $policy ] && policy="" || { printf '#!/bin/sh\nexit 101\n' >$policy && chmod +x $policy; }
  apt-get update -qq >/dev/null 2>&1
  for package in $wanted; do
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null 2>&1 \
      || echo "Could not install $package; the tests that need it are skipped."
  done
  [ -z "$policy" ] || rm -f $policy
else
  echo "Not installed:$wanted; the tests that need it are skipped."
fi
exit 0
