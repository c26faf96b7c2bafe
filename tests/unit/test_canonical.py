"""The bytes that stand for values, against an independent encoder and the constants of RFC 6962."""

import hashlib

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from apportion.domain.canonical import SAFE, canonical_bytes, leaf, merkle_root

ascii_keys = st.text(st.characters(max_codepoint=127), max_size=8)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-SAFE, SAFE) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ascii_keys, inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_equals_an_independent_rfc_8785_encoder(value):
    assert canonical_bytes(value) == rfc8785.dumps(value)


def test_large_integers_are_strings_and_floats_are_refused():
    assert (
        canonical_bytes([2**53 - 1, 2**53, -(2**63)]) == b'[9007199254740991,"9007199254740992","-9223372036854775808"]'
    )
    with pytest.raises(TypeError, match="float"):
        canonical_bytes({"a": 0.5})


def test_constants_of_rfc_6962():
    assert merkle_root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert leaf(b"L123456").hex() == "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"


def by_recursion(nodes):
    """RFC 6962, section 2.1, word for word: split at the largest power of two smaller than n."""
    if len(nodes) == 1:
        return nodes[0]
    k = 1
    while 2 * k < len(nodes):
        k *= 2
    return hashlib.sha256(b"\x01" + by_recursion(nodes[:k]) + by_recursion(nodes[k:])).digest()


@pytest.mark.parametrize("count", range(1, 70))
def test_merkle_root_is_that_of_the_recursive_definition(count):
    nodes = [leaf(bytes([i])) for i in range(count)]
    assert merkle_root(nodes) == by_recursion(nodes)


def test_a_salt_changes_a_leaf():
    assert leaf(b"row", b"salt") != leaf(b"row")
