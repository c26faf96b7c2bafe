"""With which marks is a picture drawn? SVG as text, styled by the page's classes so that light, dark and print all work."""

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

WIDTH = 760
ASCENT = 4.5  # from the middle of a line of text down to its baseline, at 13 px


def picture(
    height: float, title: str, description: str, marks: Iterable[str], width: float = WIDTH, style: str = "chart"
) -> Markup:
    """Put marks into one picture that says what it is to those who do not see it."""
    head = f'<svg class="{style}" viewBox="0 0 {_n(width)} {_n(height)}" role="img" aria-label="{escape(title)}">'
    named = f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
    body = "\n".join(marks)
    return Markup(f"{head}{named}\n{body}\n</svg>")  # noqa: S704  # every word in it was escaped where it was drawn


def text(x: float, y: float, words: str, style: str = "", anchor: str = "start") -> str:
    """Write words with their middle at height y."""
    where = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{_n(x)}" y="{_n(y + ASCENT)}"{where}{_class(style)}>{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, style: str) -> str:
    """Draw a straight line."""
    return f'<line x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}"{_class(style)}/>'


def rect(x: float, y: float, width: float, height: float, style: str, hint: str = "") -> str:
    """Draw a bar; the hint appears under the pointer."""
    box = f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(max(width, 0))}" height="{_n(max(height, 0))}"{_class(style)}'
    return f"{box}>{_hint(hint)}</rect>" if hint else f"{box}/>"


def circle(x: float, y: float, radius: float, style: str, hint: str = "") -> str:
    """Draw a dot."""
    dot = f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}"{_class(style)}'
    return f"{dot}>{_hint(hint)}</circle>" if hint else f"{dot}/>"


def path(points: Sequence[tuple[float, float]], style: str, hint: str = "", *, closed: bool = False) -> str:
    """Draw a line through points, or the area inside them."""
    if not points:
        return ""
    steps = "L".join(f"{_n(x)} {_n(y)}" for x, y in points)
    return f'<path d="M{steps}{"Z" if closed else ""}"{_class(style)}>{_hint(hint)}</path>'


def wide(words: str) -> float:
    """Estimate the width of words at 13 px, on the safe side: Chinese signs are square, Latin letters about half."""
    return sum(
        13.5 if ord(sign) > 0x2E7F else 12.2 if sign in "mwMW%@" else 8.8 if sign.isupper() else 7.3 for sign in words
    )


def _class(style: str) -> str:
    return f' class="{style}"' if style else ""


def _hint(words: str) -> str:
    return f"<title>{escape(words)}</title>" if words else ""


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0").replace("-0.0", "0")
