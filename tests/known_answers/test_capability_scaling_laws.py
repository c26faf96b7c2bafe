"""Do we get what papers on scaling laws print?

Hoffmann et al. 2022, arXiv 2203.15556, sections 3.3 (equations 2 and 4); Besiroglu et al. 2024, arXiv 2404.10102, table 1;
Kaplan et al. 2020, arXiv 2001.08361.
"""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from apportion.capability.chinchilla import Surface
from apportion.capability.curves import curve
from apportion.capability.fitted import Settings
from apportion.capability.fitting import fit
from apportion.capability.observed import Observed

BESIROGLU = Surface(E=1.8172, A=482.01, B=2085.43, alpha=0.3478, beta=0.3658)


def test_losses_of_gopher_and_chinchilla_by_the_printed_surface():
    """280 billion parameters on 300 billion tokens, and 70 billion on 1.4 trillion."""
    assert Surface().loss(np.array([280e9, 70e9]), np.array([300e9, 1.4e12])) == pytest.approx([1.993, 1.937], abs=5e-4)


def test_the_printed_exponents_of_the_best_split():
    """Equation 4: a = β/(α+β) and b = α/(α+β); ten times the compute takes 10^a times the parameters."""
    N, D = Surface().split(np.array([1e20, 1e21]))
    assert N[1] / N[0] == pytest.approx(10 ** (0.28 / 0.62))
    assert D[1] / D[0] == pytest.approx(10 ** (0.34 / 0.62))
    assert pytest.approx([1e20, 1e21]) == 6 * N * D


def test_the_refit_of_besiroglu_recommends_about_the_model_that_was_trained():
    """For Gopher's 5.76e23 operations: about 70 billion parameters and about 20 tokens each."""
    N, D = BESIROGLU.split(np.array(5.76e23))
    assert float(N) == pytest.approx(70e9, rel=0.05)
    assert float(D / N) == pytest.approx(20, rel=0.1)


@pytest.mark.parametrize("surface", [Surface(), BESIROGLU])
@pytest.mark.parametrize("C", [1e18, 5.76e23, 1e27])
def test_the_closed_form_is_the_least_loss_that_a_search_finds(surface, C):
    found = minimize_scalar(
        lambda n: float(surface.loss(np.exp(n), C / 6 / np.exp(n))),
        bounds=(5, 45),
        method="bounded",
        options={"xatol": 1e-9},
    )
    made = curve("chinchilla", **surface._asdict())
    assert float(-made.value(np.array(C))) == pytest.approx(found.fun, rel=1e-10)
    assert float(surface.loss(*surface.split(np.array(C)))) == pytest.approx(found.fun, rel=1e-12)


def test_a_fit_of_the_printed_surface_gives_the_printed_parameters():
    N, D = (side.ravel() for side in np.meshgrid(np.logspace(7.8, 10.2, 9), np.logspace(9.5, 11.5, 9)))
    found = fit(
        Observed(6 * N * D, -Surface().loss(N, D), None, N, D),
        Settings(["chinchilla"], starts=20, bootstrap=0, delta=1e-3),
    )
    said = found.best.settings
    assert [said[name] for name in ("E", "A", "B", "alpha", "beta")] == pytest.approx(
        [1.69, 406.4, 410.7, 0.34, 0.28], rel=1e-5
    )


def test_a_fit_of_kaplans_law_gives_its_exponent_and_no_floor():
    """L = (C_c / C_min)^0.050 with C_c = 3.1e8 PF-days."""
    C = np.logspace(-8, 1, 40)
    found = fit(Observed(C, -((3.1e8 / C) ** 0.050)), Settings(["power_floor"], starts=20, bootstrap=0)).best.settings
    assert found["exponent"] == pytest.approx(0.050, rel=1e-3)
    assert found["floor"] < 0.01
    assert found["scale"] ** (1 / found["exponent"]) == pytest.approx(3.1e8, rel=0.05)
