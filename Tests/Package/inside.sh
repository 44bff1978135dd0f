#!/bin/bash
# The trial of deploy/test-package.sh, run by systemd in a Debian of its own.
set -euo pipefail

started=$SECONDS
trap 'echo "FAILED at line $LINENO: $BASH_COMMAND" >&2; journalctl --no-pager --lines 40 --unit "verify-courier@*" >&2' ERR

say() { echo "-- $* ($((SECONDS - started)) s)"; }

# WHAT COMMAND...: until the command is true, two minutes at most.
until_true() {
    local what=$1 _
    shift
    for _ in $(seq 240); do
        ! "$@" || return 0
        sleep 0.5
    done
    echo "timed out while waiting for $what" >&2
    return 1
}

property() { systemctl show --property "$2" --value "$1"; }
is_working() { [ "$(property "$1" StatusText)" = "takes jobs" ]; }
is_gone() { [ "$(property "$1" ActiveState)" != active ]; }
code() { curl --silent --fail "http://127.0.0.1:8089/_simulator/outbox?to=%2B$1" | grep -oE '"code":"[0-9]+"' | tail -n 1 | grep -oE '[0-9]+'; }
is_registered() { verify-courier-as-worker admin user get anna | grep -q '42'; }
install_package() { apt-get install --yes --quiet --quiet --allow-downgrades "$@" >/trial/apt 2>&1 || { cat /trial/apt; return 1; }; }

say "install, which starts nothing and makes no store"
install_package /trial/this.deb
[ -z "$(systemctl list-units --no-legend 'verify-courier@*')" ]
[ -z "$(find /var/lib/verify-courier /etc/verify-courier/keys /etc/verify-courier/secrets -type f)" ]
[ "$(stat -c '%U %a' /var/lib/verify-courier)" = "verify-courier 700" ]
[ "$(getent passwd verify-courier | cut -d : -f 7)" = /usr/sbin/nologin ]

say "the units: nothing to say against them, and well closed"
# It ends with 0 whatever it finds.
systemd-analyze verify verify-courier@1.service verify-courier-ops.service verify-courier.target 2>&1 | tee /trial/found
[ ! -s /trial/found ]
for unit in verify-courier@ verify-courier-ops; do
    systemd-analyze security --offline=true --threshold=19 /lib/systemd/system/$unit.service | tail -n 1
done

say "a worker without secrets and a store is not started again and again"
if systemctl start verify-courier@1 2>/dev/null; then false; fi
[ "$(property verify-courier@1 NRestarts)" = 0 ]
systemctl stop verify-courier@1

say "from here on as on the page operators/install.md"
systemctl start rabbitmq-server
systemd-run --quiet --unit simulator verify-courier simulate
until_true "the simulator" curl --silent --fail --output /dev/null http://127.0.0.1:8089/_simulator/stats
first=$SECONDS
cat >>/etc/verify-courier/config.yaml <<'END'
twilio:
  base_url: http://127.0.0.1:8089
site:
  2FA_VERIFY_ACCOUNTSID: AC00000000000000000000000000000001
  2FA_VERIFY_SERVICESID: VA00000000000000000000000000000001
END
echo amqp://guest:guest@127.0.0.1 | install -m 640 -g verify-courier /dev/stdin /etc/verify-courier/secrets/broker-url
echo secret | install -m 640 -g verify-courier /dev/stdin /etc/verify-courier/secrets/site-2FA_VERIFY_AUTHTOKEN
verify-courier-as-worker topology apply
verify-courier-as-worker store init
systemctl enable --now verify-courier@1 verify-courier@2
verify-courier-as-worker register phone --user anna --phone +14155550142 --login first-sign-in
code 14155550142 | verify-courier-as-worker check --user anna --login first-sign-in
say "from nothing to an approved login in $((SECONDS - first)) s"
for worker in 1 2; do
    until_true "worker $worker" is_working "verify-courier@$worker"
    curl --silent --fail --output /dev/null "http://127.0.0.$worker:8090/ready"
done
verify-courier-as-worker doctor || [ $? -eq 1 ]
verify-courier-as-worker health
if journalctl --no-pager --quiet --unit 'verify-courier@*' --grep 'thread priority'; then false; fi

say "the operator's pages, which know nothing of Twilio's"
is_serving() { [ "$(property verify-courier-ops StatusText)" = "serves pages; the site is well" ]; }
systemctl enable --now verify-courier-ops
until_true "the pages" is_serving
curl --silent --fail http://127.0.0.1:8091/ | grep -q 'All is well'
[ "$(ls /run/credentials/verify-courier-ops.service)" = "$(printf 'broker-url\nstore.key')" ]

say "secrets show nowhere, and the worker cannot write its keys"
if tr '\0' '\n' <"/proc/$(property verify-courier@1 MainPID)/environ" | grep '=secret'; then false; fi
[ "$(stat -c '%U %a' /etc/verify-courier/keys/store.key)" = "verify-courier 600" ]

say "a worker that hangs is started anew"
mkdir /run/systemd/system/verify-courier@2.service.d
printf '[Service]\nWatchdogSec=6\n' >/run/systemd/system/verify-courier@2.service.d/trial.conf
systemctl daemon-reload
systemctl restart verify-courier@2
before=$(property verify-courier@2 MainPID)
kill -STOP "$before"
has_another() { is_working verify-courier@2 && [ "$(property verify-courier@2 MainPID)" != "$before" ]; }
until_true "another process" has_another
journalctl --unit verify-courier@2 --grep 'Watchdog timeout' --quiet >/dev/null
rm -r /run/systemd/system/verify-courier@2.service.d
systemctl daemon-reload

say "status says what holds a worker up, and that it is over"
systemctl stop rabbitmq-server
tells_of_broker() { property verify-courier@1 StatusText | grep -q 'takes no jobs: no connection to the broker'; }
until_true "a word of the broker" tells_of_broker
[ "$(property verify-courier@1 ActiveState)" = active ]
systemctl start rabbitmq-server
until_true "worker 1" is_working verify-courier@1
until_true "worker 2" is_working verify-courier@2

say "operators/backup.md: a backup, the drill, a restore"
backup=/var/backups/verify-courier/store-2027-01-31.db
verify-courier-as-worker store backup $backup
verify-courier-as-worker store check --set store.url=sqlite:$backup
verify-courier-as-worker outcomes find --limit 5 --set store.url=sqlite:$backup | grep -q approved
systemctl stop verify-courier.target 'verify-courier@*'
is_gone verify-courier@1
is_gone verify-courier@2
(cd /var/lib/verify-courier && mv store.db store.db.old && rm -f store.db-wal store.db-shm &&
    install -m 600 -o verify-courier -g verify-courier $backup store.db)
verify-courier-as-worker store check
systemctl start verify-courier.target
until_true "worker 1" is_working verify-courier@1
is_registered

say "operators/break-glass.md: a key file that is lost"
rm /etc/verify-courier/keys/store.key
install -m 600 -o verify-courier -g verify-courier /run/credentials/verify-courier@1.service/store.key /etc/verify-courier/keys/store.key
verify-courier-as-worker store check

say "operators/break-glass.md: Twilio is down"
systemctl stop simulator
verify-courier-as-worker send --user anna --login dark-sign-in >/trial/send || true
grep -q unavailable /trial/send
verify-courier-as-worker admin user bypass anna --reason 'Twilio is down' --minutes 60 | grep -oE '[0-9]{8}' | head -n 1 >/trial/bypass
verify-courier-as-worker check --user anna --login dark-sign-in </trial/bypass | grep -q approved
verify-courier-as-worker admin options set 2FA_LOGINTYPE_WEB=All
verify-courier-as-worker options --user anna | grep -q verify
verify-courier-as-worker admin options set 2FA_LOGINTYPE_WEB=None --dry-run
verify-courier-as-worker admin options set 2FA_LOGINTYPE_WEB=None
verify-courier-as-worker options --user anna | grep -q not_required
verify-courier-as-worker admin options set 2FA_LOGINTYPE_WEB=All
verify-courier-as-worker admin audit --limit 10 | grep -q 'Twilio is down'
systemd-run --quiet --unit simulator-2 verify-courier simulate

say "operators/secrets.md: the broker's password, the store's keys"
rabbitmqctl --quiet change_password guest other
echo amqp://guest:other@127.0.0.1 | install -m 640 -g verify-courier /dev/stdin /etc/verify-courier/secrets/broker-url
systemctl restart verify-courier@1
systemctl restart verify-courier@2
systemctl stop verify-courier.target 'verify-courier@*'
verify-courier-as-worker store rekey
systemctl start verify-courier.target
until_true "worker 1" is_working verify-courier@1
verify-courier-as-worker store backup /var/backups/verify-courier/after-rekey.db
is_registered

say "reinstalled, upgraded, downgraded: the workers one by one, and nothing is lost"
for package in "--reinstall /trial/this.deb" /trial/next.deb /trial/this.deb; do
    before=$(property verify-courier@1 MainPID)
    pages=$(property verify-courier-ops MainPID)
    # shellcheck disable=SC2086
    install_package $package
    [ "$(property verify-courier@1 MainPID)" != "$before" ]
    [ "$(property verify-courier-ops MainPID)" != "$pages" ]
    until_true "worker 1" is_working verify-courier@1
    until_true "worker 2" is_working verify-courier@2
    until_true "the pages" is_serving
    is_registered
    grep -q base_url /etc/verify-courier/config.yaml
done

say "removed: workers end, everything of the site's stays"
apt-get remove --yes --quiet --quiet verify-courier >/dev/null
is_gone verify-courier@1
is_gone verify-courier@2
is_gone verify-courier-ops
[ -e /var/lib/verify-courier/store.db ] && [ -e /etc/verify-courier/keys/store.key ] && [ -e /etc/verify-courier/config.yaml ]
install_package /trial/this.deb
systemctl start verify-courier@1 verify-courier@2
is_registered

say "purged: the configuration goes, and what cannot be made again stays, with a word"
cp /etc/verify-courier/config.yaml /trial/
apt-get purge --yes verify-courier 2>&1 | grep 'kept /var/lib/verify-courier'
[ ! -e /etc/verify-courier/config.yaml ] && [ -e /etc/verify-courier/keys/store.key ]
install_package /trial/this.deb
cp /trial/config.yaml /etc/verify-courier/
systemctl start verify-courier@1
is_registered

say "passed"
touch /trial/passed
