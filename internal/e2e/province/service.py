"""The service manager of the province's show: holds the socket of the web port, as
diemcau.socket does, over restarts of the program. SIGHUP is `systemctl restart`, SIGTERM
`systemctl stop`. Arguments: address, root, then what `diemcau serve` is given."""

import os
import signal
import socket
import subprocess
import sys

address, root, *args = sys.argv[1:]
host, port = address.split(":")
held = socket.create_server((host, int(port)), backlog=512)


def start():
    # The program is the third descriptor's owner, as sd_listen_fds(3) asks for.
    return subprocess.Popen(
        ["chroot", root, "sh", "-c", 'exec 3<&"$0"; export LISTEN_PID=$$ LISTEN_FDS=1; exec diemcau serve --http "$@"', str(held.fileno()), address, *args],
        pass_fds=[held.fileno()],
        preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_SETMASK, []),
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"},
    )


def stop():
    program.send_signal(signal.SIGTERM)
    return program.wait(60)


program = start()
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP, signal.SIGTERM])
while True:
    if signal.sigwait([signal.SIGHUP, signal.SIGTERM]) == signal.SIGTERM:
        sys.exit(stop())
    ended = stop()
    if ended != 0:
        print(f"the old program ended with {ended}", file=sys.stderr, flush=True)
    program = start()
