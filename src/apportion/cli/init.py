"""Write a small pool, ready to edit."""

from pathlib import Path
from typing import Annotated

import typer

CHARTER = """\
# What the members agreed: everything that changes who gets what. Edit it, then run: apportion plan .
name = "Three laboratories"
window_s = 3600                 # seconds between two decisions
seed = "three laboratories"     # decides ties; change it and other names go first among equals

[policy]
name = "max_min"                # also: equal, proportional, drf, nash, and more

[entitlements]
rule = "contribution"           # what each brought; also: equal, size, weight, table
# rule = "table"                # then give each member's part here:
# [entitlements.shares]
# biology = 1
# physics = 2
"""

MEMBERS = """\
id,size,region,group
biology,40,north,university
physics,120,north,university
startup,15,south,company
"""

NODES = """\
id,owner,flavor,cpu,memory_gib,gpu,gpu_memory_gib
bio-1,biology,gpu-node,64,512,8,80
phy-1,physics,gpu-node,64,512,8,80
phy-2,physics,gpu-node,64,512,8,80
sta-1,startup,gpu-node,32,256,4,80
"""

CLAIMS = """\
id,member,tasks,min_tasks,cpu,memory_gib,gpu
folding,biology,20,0,4,48,1
lattice,physics,3,0,16,64,4
chatbot,startup,8,1,4,32,1
"""

JOBS = """\
id,member,submit_s,duration_s,workers,cpu,memory_gib,gpu
fold-1,biology,0,5400,1,4,48,8
lattice-1,physics,0,7200,2,16,64,8
fold-2,biology,600,3600,1,4,48,4
lattice-2,physics,900,7200,1,16,64,8
chat-1,startup,1200,1800,1,4,32,2
chat-2,startup,1300,1800,1,4,32,2
fold-3,biology,2000,1800,1,4,48,1
"""

FILES = {
    "charter.toml": CHARTER,
    "members.csv": MEMBERS,
    "nodes.csv": NODES,
    "claims.csv": CLAIMS,
    "jobs.csv": JOBS,
}


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(name="init")(init)


def init(directory: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty directory.")]) -> None:
    """Write a small pool, ready to edit.

    Three laboratories, four nodes, claims and jobs; the charter explains itself in comments.
    """
    from apportion.errors import BadInput
    from apportion.ledger.files import write_whole

    taken = sorted(name for name in FILES if (directory / name).exists())
    if directory.is_file() or taken:
        raise BadInput(
            f"{directory} holds {', '.join(taken) or 'a file'} already",
            "DIR",
            "choose another directory, or move it away",
        )
    for name, content in FILES.items():
        write_whole(directory / name, content.encode())
    typer.echo(f"{directory}: {', '.join(FILES)}")
    typer.echo(f"next: apportion assess {directory}, then: apportion plan {directory}, apportion simulate {directory}")
