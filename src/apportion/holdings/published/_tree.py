"""Which systems are in a TOP500 list as XML?"""

from pathlib import Path
from xml.etree import ElementTree as ET

from apportion.errors import BadInput
from apportion.sources._files import content

COLUMNS = {
    "Site": "installation-site-name",
    "Country": "country",
    "Manufacturer": "manufacturer",
    "Year": "year",
    "Rmax": "r-max",
    "Rpeak": "r-peak",
}


def parsed(name: str, raw: bytes) -> ET.Element:
    """Parse XML that declares nothing.

    Raises
    ------
    BadInput
        if it is no XML, stops in the middle, or declares entities, which may unfold without end.
    """
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
        raise BadInput("declares a document type of its own, which these files do not", name, "fetch it again")
    try:
        return ET.fromstring(raw)  # noqa: S314  # a declaration of entities was refused
    except (ET.ParseError, LookupError, ValueError) as error:
        raise BadInput(f"is not XML, or stops in the middle: {error}", name, "fetch it again") from None


def sites(path: Path) -> dict[str, list[str | None]]:
    """Read the systems by column, as text; performance is in GFlop/s there.

    Raises
    ------
    BadInput
        if the file is no such list.
    """
    root = parsed(path.name, content(path))
    systems = [one for one in root if _local(one) == "site"]
    if not systems:
        raise BadInput(f'has no "site" under "{_local(root)}"', path.name, "give the XML export of a TOP500 list")
    cells = [{_local(cell): cell.text for cell in system.iter()} for system in systems]
    return {heading: [row.get(of) for row in cells] for heading, of in COLUMNS.items()}


def _local(element: ET.Element) -> str:
    """Name an element without its namespace."""
    return element.tag.rsplit("}", 1)[-1]
