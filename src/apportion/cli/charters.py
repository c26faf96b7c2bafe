"""How does a charter in a file of its own become a charter of a pool?"""

from dataclasses import replace
from pathlib import Path

from apportion.domain.charter import Charter
from apportion.domain.pool import Pool
from apportion.errors import BadInput, NotFound
from apportion.sources._charter import FILE, check_members, read_charter
from apportion.sources._findings import Findings


def read_charter_file(path: Path, pool: Pool) -> Charter:
    """Read any file as a charter for the members of a pool; without a name it is called by its file.

    Raises
    ------
    NotFound, BadInput
        if there is no such file, or with every fault of it.
    """
    if not path.is_file():
        raise NotFound(f"there is no charter {path}", mend="check the path")
    findings = Findings()
    charter = read_charter(path, findings)
    if charter is not None:
        check_members(charter, pool.members.id, findings)
    try:
        findings.raise_any()
    except BadInput as error:
        raise BadInput(replace(one, where=one.where.replace(FILE, str(path), 1)) for one in error.faults) from None
    assert charter is not None, "a charter that cannot be read leaves a fault"  # noqa: S101  # for the type checker
    return charter if charter.name != Charter.name else replace(charter, name=path.stem)
