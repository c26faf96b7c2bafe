"""What members may count on, under every rule."""

import numpy as np
import pytest

import apportion as ap
from apportion.errors import BadInput


def pool(tmp_path, members, nodes, rule):
    (tmp_path / "charter.toml").write_text(f'name = "t"\n[entitlements]\nrule = "{rule}"\n')
    (tmp_path / "members.csv").write_text(members)
    (tmp_path / "nodes.csv").write_text(nodes)
    (tmp_path / "claims.csv").write_text("id,member,tasks,gpu\nc,a,1,1\n")
    return ap.read(tmp_path)


def gpus(read):
    return (read.standing.entitlement[:, :, read.resources.index("gpu_milli")].sum(axis=1) / 1000).tolist()


def test_what_one_brought_is_what_one_owns(tmp_path):
    read = pool(tmp_path, "id\na\nb\n", "id,owner,flavor,gpu\n1,a,f,8\n2,b,f,24\n", "contribution")
    assert gpus(read) == [8, 24]
    assert read.standing.weight.tolist() == [1, 3]


def test_nodes_that_nobody_owns_follow_the_weights(tmp_path):
    read = pool(tmp_path, "id\na\nb\n", "id,owner,flavor,gpu\n1,a,f,8\n2,b,f,24\n3,,f,4\n", "contribution")
    assert gpus(read) == [9, 27]


def test_prices_weigh_what_was_brought_if_every_node_has_one(tmp_path):
    nodes = "id,owner,flavor,gpu,price_per_hour\n1,a,f,8,10\n2,b,f,8,30\n"
    assert pool(tmp_path, "id\na\nb\n", nodes, "contribution").standing.weight.tolist() == [1, 3]


def test_several_resources_weigh_as_the_mean_of_shares(tmp_path):
    nodes = "id,owner,flavor,gpu,cpu\n1,a,f,8,0\n2,b,f,0,64\n3,b,f,8,0\n"
    read = pool(tmp_path, "id\na\nb\n", nodes, "contribution")
    assert read.standing.share.tolist() == [0.25, 0.75]


def test_contribution_counts_only_where_no_node_has_an_owner(tmp_path):
    read = pool(tmp_path, "id,contribution\na,1\nb,3\n", "id,owner,flavor,gpu\n1,,f,8\n", "contribution")
    assert gpus(read) == [2, 6]
    with pytest.raises(BadInput, match="two answers"):
        _ = pool(tmp_path, "id,contribution\na,1\nb,3\n", "id,owner,flavor,gpu\n1,a,f,8\n", "contribution").standing


def test_equal_size_and_weight(tmp_path):
    members, nodes = "id,size,weight\na,1,3\nb,1.5,1\nc,0,0\n", "id,owner,flavor,gpu\n1,a,f,10\n"
    assert gpus(pool(tmp_path, members, nodes, "size")) == [4, 6, 0]
    assert gpus(pool(tmp_path, members, nodes, "weight")) == [7.5, 2.5, 0]
    equal = gpus(pool(tmp_path, members, nodes, "equal"))
    assert sum(equal) == 10
    assert max(equal) - min(equal) <= 0.001 + 1e-12


def test_a_rule_without_its_column_says_which_members_lack_it(tmp_path):
    with pytest.raises(BadInput, match="no size for b"):
        _ = pool(tmp_path, "id,size\na,1\nb,\n", "id,flavor,gpu\n1,f,8\n", "size").standing


def test_entitlements_never_exceed_capacity(tmp_path):
    read = pool(tmp_path, "id,size\na,1\nb,1\nc,1\n", "id,flavor,gpu,cpu\n1,f,10,7\n2,g,1,1\n", "size")
    assert (read.standing.entitlement.sum(axis=0) == read.capacity).all()
    assert (np.diff(read.standing.entitlement[:, 0, 0]) <= 1).all()
