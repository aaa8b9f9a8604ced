"""A real Postfix on this machine for as long as it is needed: own configuration, queue and mailboxes; needs root.

STARTTLS with a certificate, login by sasldb, mail for home.example into one Maildir. Debian reads SASL's settings from
$config_directory/sasl and nowhere else.
"""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

MAIN = """compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
myhostname = mail.riverside.example
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
default_transport = error:no relay in a test
relay_transport = error:no relay in a test
local_transport = error:no local mail in a test
alias_maps =
alias_database =
virtual_mailbox_domains = home.example
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = static:inbox/
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = cyrus
smtpd_sasl_path = smtpd
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_client_connection_rate_limit = 0
message_size_limit = 26214400
service_throttle_time = 1s
smtputf8_enable = yes
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
"""
MASTER = """127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
SASL = "pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN\nsasldb_path: {folder}/sasldb2\n"
OWNER = "nobody"  # of the delivered mail


@dataclass
class Postfix:
    """A running Postfix."""

    folder: Path
    port: int

    def control(self, command: str) -> None:
        """Start, stop or flush it."""
        subprocess.run(
            ["/usr/sbin/postfix", "-c", self.folder / "conf", command],
            capture_output=True,
            check=command != "stop",
            timeout=60,
        )

    def kill(self, program: str) -> int:
        """Kill its processes of one kind, and count them."""
        master = (self.folder / "queue/pid/master.pid").read_text(encoding="utf-8").strip()
        children = Path(f"/proc/{master}/task/{master}/children").read_text(encoding="utf-8").split()
        killed = 0
        for child in children:
            with suppress(OSError):
                if Path(f"/proc/{child}/comm").read_text(encoding="utf-8").strip() == program:
                    os.kill(int(child), signal.SIGKILL)
                    killed += 1
        return killed

    @property
    def delivered(self) -> list[Path]:
        """Give all mail that lies in the mailbox."""
        return list((self.folder / "mail/inbox/new").glob("*"))

    def wait_until_delivered(self) -> None:
        """Wait until nothing is on its way inside it; a file that was never finished has no x bit, and is nothing."""
        waiting = [self.folder / "queue" / name for name in ("incoming", "active", "deferred", "maildrop")]
        self.control("flush")
        while any(path.is_file() and path.stat().st_mode & 0o100 for folder in waiting for path in folder.rglob("*")):
            time.sleep(1)
            self.control("flush")


@contextmanager
def running(folder: Path, *, port: int, user: str, password: str, certificate: Path, key: Path) -> Iterator[Postfix]:
    """Run a Postfix whose folders are all in one."""
    owner, postfix = pwd.getpwnam(OWNER), pwd.getpwnam("postfix")
    for name in ("conf/sasl", "queue", "data", "mail"):
        (folder / name).mkdir(parents=True)
    for above in (folder, folder.parent):  # Postfix's own users have to get in
        above.chmod(0o755)
    os.chown(folder / "data", postfix.pw_uid, 0)
    (folder / "data").chmod(0o700)
    os.chown(folder / "mail", owner.pw_uid, owner.pw_gid)
    main = MAIN.format(folder=folder, uid=owner.pw_uid, gid=owner.pw_gid, certificate=certificate, key=key)
    (folder / "conf/main.cf").write_text(main, encoding="utf-8")
    (folder / "conf/master.cf").write_text(MASTER.format(port=port), encoding="utf-8")
    (folder / "conf/sasl/smtpd.conf").write_text(SASL.format(folder=folder), encoding="utf-8")
    store = ["saslpasswd2", "-p", "-c", "-f", str(folder / "sasldb2"), "-u", "mail.riverside.example", user]
    subprocess.run(store, input=password.encode(), check=True, timeout=60)
    shutil.chown(folder / "sasldb2", "postfix")
    server = Postfix(folder, port)
    server.control("check")
    server.control("start")
    try:
        yield server
    finally:
        server.control("stop")
