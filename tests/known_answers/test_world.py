"""Do the aggregates that come with the package give the published headlines?

Pilz, Rahman, Sanders and Heim, *Trends in AI Supercomputers*, arXiv:2504.16026: of the performance in the data set about
75 % is in the United States and about 15 % in China, and the private sector has about 80 %. Epoch AI on chip ownership at
the end of 2025: Google has about a quarter. The figures to more digits are those of the snapshots named in
`holdings/data/snapshots.toml`.
"""

import numpy as np
import pytest

from apportion.holdings.published import epoch_chips, epoch_clusters
from apportion.world.measured import measured


def share(found, name):
    return 100 * dict(zip(found.holdings.holder, found.share, strict=True))[name]


def test_performance_by_country():
    found = measured(epoch_clusters.read(at="2025-05-31"), "country")
    assert share(found, "United States of America") == pytest.approx(75.5, abs=0.05)
    assert share(found, "China") == pytest.approx(13.1, abs=0.05)
    assert found.hhi[0] == pytest.approx(5879.5, abs=0.05)


def test_performance_by_owner():
    assert measured(epoch_clusters.read(), "owner").hhi[0] == pytest.approx(1173.9, abs=0.05)


def test_performance_by_sector():
    """79.5 % of what has a country too; 79.9 % of all that has a sector."""
    assert share(measured(epoch_clusters.read(also="country"), "sector"), "Private") == pytest.approx(79.5, abs=0.05)
    assert share(measured(epoch_clusters.read(), "sector"), "Private") == pytest.approx(79.95, abs=0.01)


def test_one_filter_moves_the_headline_by_seven_points():
    found = measured(epoch_clusters.read(without="standard"), "country")
    assert share(found, "United States of America") == pytest.approx(68.9, abs=0.05)


def test_chip_ownership():
    found = measured(epoch_chips.read(at="2025-Q4"), "owner")
    assert share(found, "Google") == pytest.approx(25.9, abs=0.05)
    assert found.hhi[1] == pytest.approx(1336.8, abs=0.05)
    assert found.hhi[0] == pytest.approx(1633.5, abs=0.05)


def test_without_the_files_of_other_owners_google_is_overstated():
    assert share(measured(epoch_chips.read(without="others"), "owner"), "Google") == pytest.approx(33.3, abs=0.05)


def test_bounds_of_chips_are_propagated():
    """Both ways of drawing hold the headline between their ends; what moves together moves shares less."""
    found = measured(epoch_chips.read(), "owner", draws=400, seed=1)
    for doubt in (found.independent, found.together):
        assert doubt.one[0] < found.hhi[0] < doubt.one[2]
        assert doubt.crowd[0] < found.hhi[1] < doubt.crowd[2]
    google = list(found.holdings.holder).index("Google")
    wide, narrow = (doubt.share[2, google] - doubt.share[0, google] for doubt in (found.independent, found.together))
    assert 0.04 < wide < 0.12
    assert narrow < wide
    again = measured(epoch_chips.read(), "owner", draws=400, seed=1)
    assert np.array_equal(again.independent.share, found.independent.share)
