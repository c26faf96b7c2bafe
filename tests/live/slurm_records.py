"""What do a real Slurm's records look like? Start one here, let it run some hundred jobs, and keep what its tools print.

    sudo python tests/live/slurm_records.py OUT

writes ``jobs.txt``, ``nodes.txt``, ``accounts.txt`` and others to OUT: the files of `tests/data/slurm` came from it. It
needs root, and Debian's packages slurm-wlm, slurmdbd, munge and mariadb-server (``--no-install-recommends``); it takes
some five minutes. Everything lives in one temporary directory with ports and sockets of its own, and ends with the
script; nothing of the host is configured. Jobs run as users that every Debian has, and the names of the host and of
these users are replaced in what is kept.
"""

import os
import pwd
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

HOST = socket.gethostname().split(".")[0]
NODES = ("a-n1", "a-n2", "b-n1")
USERS = {"daemon": "ana", "bin": "ben", "sys": "chloe", "games": "dmitri", "man": "eve", "mail": "farid"}
ACCOUNTS = (  # account, parent, fair share, its users with theirs
    ("university", "root", 3, ()),
    ("physics", "university", 2, (("daemon", 1), ("bin", 1))),
    ("biology", "university", 1, (("sys", "parent"),)),
    ("hospital", "root", 2, (("games", 3), ("man", 1))),
    ("startup", "root", 1, (("mail", 1),)),
)
OF_USER = {user: account for account, *_, users in ACCOUNTS for user, _ in users}
SACCT = (
    "JobID,Cluster,Account,User,Partition,QOS,Submit,Eligible,Start,End,ElapsedRaw,Suspended,State,ExitCode,"
    "ReqTRES,AllocTRES,NNodes,NodeList,Timelimit"
)


def main(out: Path) -> None:
    """Run the stack, and keep what it prints."""
    scratch = Path(tempfile.mkdtemp(prefix="slurm-records-"))
    scratch.chmod(0o755)
    try:
        with stack(scratch) as run:
            work(run)
            keep(run, out)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


class Run:
    """Call Slurm's tools against the one configuration."""

    def __init__(self, scratch: Path) -> None:
        self.environment = os.environ | {"SLURM_CONF": str(scratch / "slurm.conf"), "TZ": "UTC", "LC_ALL": "C.UTF-8"}

    def __call__(self, *words: str, fine: bool = False, **more: str) -> str:
        done = subprocess.run(words, env=self.environment | more, capture_output=True, text=True, check=False)
        if done.returncode and not fine:
            raise SystemExit(f"{' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout


@contextmanager
def stack(scratch: Path) -> Iterator[Run]:
    """Start munge, the database, the accounting daemon, the controller and three nodes; stop them at the end."""
    configure(scratch)
    started: list[subprocess.Popen[bytes]] = []
    run = Run(scratch)

    def start(*words: str) -> None:
        log = (scratch / f"{Path(words[0]).name}{len(started)}.log").open("wb")
        started.append(subprocess.Popen(words, env=run.environment, stdout=log, stderr=log))

    try:
        munge, sql = scratch / "munge", scratch / "sql"
        start("munged", "-F", "-f", f"--socket={munge}/socket", f"--key-file={munge}/key", f"--pid-file={munge}/pid",
              f"--seed-file={munge}/seed", f"--log-file={munge}/log")  # fmt: skip
        run("mariadb-install-db", "--no-defaults", f"--datadir={sql}", "--auth-root-authentication-method=normal",
            "--skip-test-db", "--user=root")  # fmt: skip
        start("mariadbd", "--no-defaults", "--user=root", f"--datadir={sql}", f"--socket={sql}/socket", "--port=17306",
              "--bind-address=127.0.0.1", "--innodb-lock-wait-timeout=900")  # fmt: skip
        until(lambda: run("mariadb", "--no-defaults", "-uroot", f"-S{sql}/socket", "-eselect 1", fine=True))
        user = "slurm@'127.0.0.1'"
        grant = f"create database records; create user {user} identified by 'x'; grant all on records.* to {user}"
        run("mariadb", "--no-defaults", "-uroot", f"-S{sql}/socket", f"-e{grant}")
        start("slurmdbd", "-D")
        until(lambda: "Cluster" in run("sacctmgr", "show", "cluster", fine=True))
        run("sacctmgr", "-i", "add", "cluster", "records")
        start("slurmctld", "-D", "-c")
        until(lambda: "|gpu|" in run("sacctmgr", "-nP", "show", "tres", fine=True))
        for name in NODES:
            start("slurmd", "-D", "-N", name)
        accounts(run)
        until(lambda: run("sinfo", "-hN", "-tidle", "-o%N").split() == list(NODES))
        yield run
    finally:
        for process in reversed(started):
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)


def until(done: object, seconds: float = 60) -> None:
    """Wait until something is so."""
    last = time.monotonic() + seconds
    while not done():  # type: ignore[operator]
        if time.monotonic() > last:
            raise SystemExit(f"not so after {seconds} s: {done}")
        time.sleep(0.5)


def configure(scratch: Path) -> None:
    """Write all configuration, a key, and devices that stand for GPUs."""
    for name in ("munge", "sql", "state", "devices", *(f"spool-{node}" for node in NODES)):
        (scratch / name).mkdir()
        (scratch / name).chmod(0o755)
    key = scratch / "munge" / "key"
    key.write_bytes(os.urandom(1024))
    key.chmod(0o400)
    for device in range(4):
        os.mknod(scratch / "devices" / f"gpu{device}", 0o20666, os.makedev(1, 3))
    for name, text in (("slurmdbd.conf", DBD), ("slurm.conf", CONF), ("gres.conf", GRES)):
        (scratch / name).write_text(text.format(scratch=scratch, host=HOST), encoding="utf-8")
    (scratch / "slurmdbd.conf").chmod(0o600)


def accounts(run: Run) -> None:
    """Make accounts and users, and a quality of service that others may be stopped for."""
    run("sacctmgr", "-i", "add", "qos", "urgent", "priority=1000", "preempt=normal", "preemptmode=requeue")
    for account, parent, share, users in ACCOUNTS:
        run("sacctmgr", "-i", "add", "account", account, f"parent={parent}", f"fairshare={share}")
        for user, of_user in users:
            run(
                "sacctmgr", "-i", "add", "user", user, f"account={account}", f"fairshare={of_user}", "qos=normal,urgent"
            )


def work(run: Run) -> None:
    """Submit some hundred short jobs of every kind, and leave some running and some waiting."""
    dice = random.Random(6)  # noqa: S311  # a draw, not a secret

    def submit(user: str, command: str, *options: str) -> str:
        who = pwd.getpwnam(user)
        words = ("sbatch", "--parsable", f"--uid={who.pw_uid}", f"--gid={who.pw_gid}", f"--account={OF_USER[user]}",
                 "--chdir=/", "--output=/dev/null", *options, f"--wrap={command}")  # fmt: skip
        return run(*words).strip()

    names = list(USERS)
    submit("daemon", "sleep 200", "--time=1", "-n1", "--mem=100")  # it will be stopped by its limit
    submit(
        "man", "x=$(head -c 400m /dev/zero | tr '\\0' x); sleep 60", "--time=5", "-n1", "--mem=100"
    )  # and this one by its memory
    for number in range(240):
        user = names[dice.randrange(len(names))]
        gpus = dice.choice((0, 0, 1, 1, 2))
        kind = dice.choice(("", "a100:")) if gpus else ""
        options = [
            "-N1",
            f"-c{dice.choice((1, 1, 2))}",
            f"--mem={dice.choice((100, 250, 500))}",
            f"--time={dice.choice((2, 5, 60))}",
        ]
        options += [f"--gres=gpu:{kind}{gpus}"] if gpus else []
        seconds = dice.choice((0, 1, 1, 2, 3))
        submit(user, f"sleep {seconds}; exit {int(dice.random() < 0.1)}", *options)
        if number % 40 == 0:
            time.sleep(1)
    submit("games", "sleep 1", "--array=1-12", "-n1", "--mem=100", "--gres=gpu:1", "--time=5")
    submit("sys", "sleep 1", "--array=3,5,9-20:4%2", "-n1", "--mem=100", "--time=5")
    for user in ("daemon", "games", "mail"):
        submit(user, "sleep 2", "-N2", "--ntasks-per-node=1", "-c2", "--gres=gpu:2", "--mem=500", "--time=5")
        submit(user, "sleep 1", "-N3", "-n3", "--mem=50", "--time=5")
    submit("mail", "sleep 2", "-n5", "--mem-per-cpu=50", "--time=5")
    never = [submit(user, "sleep 9", "-N2", "--exclusive", "--time=9", "--begin=now+1hour") for user in ("man", "sys")]
    run("sbatch", "--parsable", "--uid=1", "--gid=1", "--account=physics", "--chdir=/", "--output=/dev/null",
        "-n1", "--mem=100", "--time=5", ":", "-n1", "--gres=gpu:1", "--mem=200", "--wrap=sleep 2")  # fmt: skip
    until(lambda: len(run("squeue", "-hrtPD").split("\n")) < 8, 300)
    run("scancel", never[0])
    stopped = submit("bin", "sleep 100", "-n1", "--mem=100", "--gres=gpu:1", "--time=5")
    again = submit("bin", "sleep 6", "-n1", "--mem=100", "--time=5", "--requeue")
    until(lambda: {stopped, again} <= set(run("squeue", "-htR", "-o%A").split()))
    time.sleep(2)
    run("scancel", stopped)
    run("scontrol", "requeue", again)
    for _ in range(3):
        submit("man", "sleep 25", "-N1", "-c4", "--mem=500", "--time=5", "--requeue")
    lost = submit("sys", "sleep 100", "-n1", "--mem=100", "--time=5", "--no-requeue", "-wa-n2")
    time.sleep(8)
    for _ in range(2):
        submit("mail", "sleep 4", "-N1", "-c4", "--mem=500", "--time=5", "--qos=urgent")
    time.sleep(3)
    until(lambda: lost in run("squeue", "-htR", "-o%A").split(), 300)
    run("scontrol", "update", "nodename=a-n2", "state=down", "reason=power supply")
    time.sleep(2)
    run("scontrol", "update", "nodename=a-n2", "state=resume", fine=True)  # it may be back by itself
    until(lambda: run("squeue", "-hr", "-o%A").split() == [never[1]], 400)
    submit("daemon", "sleep 300", "-N2", "--ntasks-per-node=1", "-c1", "--gres=gpu:2", "--mem=500", "--time=30")
    submit("games", "sleep 300", "-N1", "-c1", "--gres=gpu:1", "--mem=500", "--time=UNLIMITED")
    submit("games", "sleep 300", "--array=1-40%1", "-N1", "-c1", "--gres=gpu:1", "--mem=100", "--time=10")
    submit("man", "sleep 9", "--array=1-7:2%2", "-n1", "--mem=100", "--begin=now+1hour")
    submit("mail", "sleep 300", "-N2", "--ntasks-per-node=4", "--gres=gpu:4", "--mem=1000", "--time=1-12:00:00")
    time.sleep(6)
    run("scontrol", "update", "nodename=b-n1", "state=drain", "reason=disk")
    time.sleep(3)


def keep(run: Run, out: Path) -> None:
    """Write what the tools print, with the names of this host and of its users replaced."""
    out.mkdir(parents=True, exist_ok=True)
    sacct = ("sacct", "--allusers", "--parsable2", "--starttime=now-1days", "--endtime=now+1days")
    printed = {
        "jobs.txt": run(*sacct, "--allocations", "--duplicates", f"--format={SACCT}"),
        "jobs-epoch.txt": run(*sacct, "--allocations", "--noconvert", f"--format={SACCT}", SLURM_TIME_FORMAT="%s"),
        "jobs-and-steps.txt": run(*sacct),
        "nodes.txt": run("scontrol", "show", "node"),
        "nodes-oneliner.txt": run("scontrol", "show", "node", "--oneliner"),
        "accounts.txt": run("sacctmgr", "show", "assoc", "--parsable2", "format=Cluster,Account,ParentName,User,Share"),
        "accounts-tree.txt": run("sacctmgr", "show", "assoc", "tree", "--parsable2"),
        "accounts-plain.txt": run("sacctmgr", "show", "assoc", "--parsable2"),
    }
    for name, text in printed.items():
        (out / name).write_text(anonymous(text), encoding="utf-8")


def anonymous(text: str) -> str:
    """Replace the host's name, the kernel, and users by made-up ones."""
    text = re.sub(rf"\b{re.escape(HOST)}\b", "head", text)
    text = re.sub(r"OS=Linux .*?(?=\s*(?:RealMemory|$))", "OS=Linux", text, flags=re.MULTILINE)
    text = re.sub(r"(?:BootTime|FreeMem|CPULoad)=\S*", lambda found: found[0].split("=")[0] + "=N/A", text)
    for user, name in USERS.items():
        text = re.sub(rf"(?<=\|){user}(?=\|)", name, text)
        text = re.sub(rf"CANCELLED by {pwd.getpwnam(user).pw_uid}\b", "CANCELLED by 1000", text)
    return text


DBD = """\
AuthType=auth/munge
AuthInfo=socket={scratch}/munge/socket
DbdHost=localhost
DbdPort=17819
SlurmUser=root
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort=17306
StorageUser=slurm
StoragePass=x
StorageLoc=records
CommitDelay=1
LogFile={scratch}/slurmdbd.log
PidFile={scratch}/slurmdbd.pid
"""

CONF = """\
ClusterName=records
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort=17817
SlurmdPort=17818
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={scratch}/munge/socket
CredType=cred/munge
StateSaveLocation={scratch}/state
SlurmdSpoolDir={scratch}/spool-%n
SlurmctldPidFile={scratch}/slurmctld.pid
SlurmdPidFile={scratch}/slurmd-%n.pid
SlurmctldLogFile={scratch}/slurmctld.log
SlurmdLogFile={scratch}/slurmd-%n.log
SlurmdParameters=config_overrides
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SwitchType=switch/none
GresTypes=gpu
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=localhost
AccountingStoragePort=17819
AccountingStoragePass={scratch}/munge/socket
AccountingStorageTRES=gres/gpu,gres/gpu:a100,gres/gpu:t4
AccountingStorageEnforce=associations,limits,qos
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=2
JobAcctGatherParams=OverMemoryKill
PriorityType=priority/multifactor
PriorityWeightFairshare=10000
PriorityWeightQOS=1000
PriorityCalcPeriod=1
PreemptType=preempt/qos
PreemptMode=REQUEUE
SchedulerParameters=sched_interval=2,bf_interval=2,default_queue_depth=500
KillWait=2
MinJobAge=5
InactiveLimit=0
ReturnToService=2
NodeName=a-n[1-2] NodeHostname={host} NodeAddr=127.0.0.1 Port=[17001-17002] CPUs=4 RealMemory=2000 Gres=gpu:a100:4
NodeName=b-n1 NodeHostname={host} NodeAddr=127.0.0.1 Port=17003 CPUs=4 RealMemory=3000 Gres=gpu:t4:2
NodeName=c-n[1-2] NodeHostname={host} NodeAddr=127.0.0.1 Port=[17004-17005] CPUs=8 RealMemory=4000 State=DOWN Reason=retired
PartitionName=main Nodes=a-n[1-2],b-n1 Default=YES MaxTime=INFINITE DefaultTime=10 State=UP
PartitionName=old Nodes=c-n[1-2] State=UP
"""

GRES = """\
AutoDetect=off
NodeName=a-n[1-2] Name=gpu Type=a100 File={scratch}/devices/gpu[0-3]
NodeName=b-n1 Name=gpu Type=t4 File={scratch}/devices/gpu[0-1]
"""

if __name__ == "__main__":
    main(Path(sys.argv[1]))
