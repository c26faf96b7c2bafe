"""Does the reader of kubectl's lists take them for what they mean? On objects made up after Kubernetes' API reference."""

import copy
import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.errors import BadInput
from apportion.sources import kubernetes
from apportion.sources._kubernetes.quantities import amounts, effective_request, quantity
from apportion.sources._owners import Owner

SAMPLE = Path(__file__).parents[1] / "data" / "kubernetes" / "objects.json"
SAID = json.loads(SAMPLE.read_text("utf-8"))
MI, GI = 1024**2, 1024**3


def column(pool, name):
    return dict(zip(pool.jobs.id.tolist(), getattr(pool.jobs, name).tolist(), strict=True))


def told(pool):
    return "\n".join(map(str, pool.notices))


@pytest.fixture
def changed(tmp_path):
    """Change a copy of the sample's items, and read it."""

    def read(change, **options):
        said = copy.deepcopy(SAID)
        change({item["metadata"]["name"]: item for item in said["items"]}, said["items"])
        (tmp_path / "objects.json").write_text(json.dumps(said))
        return kubernetes.read(tmp_path / "objects.json", **options)

    return read


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("100m", Fraction(1, 10)),
        ("0.1", Fraction(1, 10)),
        ("1.5Gi", 1.5 * GI),
        ("129e6", 129_000_000),
        ("129M", 129_000_000),
        ("128974848000m", 128_974_848),
        ("123Mi", 123 * MI),
        ("2Ki", 2048),
        ("5E", 5 * 10**18),
        ("3E2", 300),
        ("250000000n", Fraction(1, 4)),
        (4, 4),
    ],
)
def test_quantities_mean_what_the_reference_says(said, means):
    assert quantity(said) == means


@pytest.mark.parametrize("bad", ["", "1.5GiB", "-1", "ten", "1 Gi", "0x10", None, "1e", "Mi"])
def test_what_is_no_quantity_is_refused(bad):
    with pytest.raises(ValueError, match="is not a quantity"):
        quantity(bad)


@settings(max_examples=60, deadline=None)
@given(milli=st.integers(0, 10**12))
def test_thousandths_are_exact(milli):
    assert quantity(f"{milli}m") == Fraction(milli, 1000)


def containers(*requests, **more):
    return [{"resources": {"requests": one}} | more for one in requests]


def test_init_containers_take_their_turn_beside_what_runs_together():
    # Huawei Cloud, developer guide of CCI, the example of "Calculating the Effective Resource Request or Limit of a Pod"
    spec = {
        "initContainers": containers({"memory": "256Mi", "cpu": "250m"}, {"memory": "1Gi", "cpu": "500m"}),
        "containers": containers({"memory": "1Gi", "cpu": "500m"}, {"memory": "1Gi", "cpu": "250m"}),
    }
    assert effective_request(spec) == {"memory": 2 * GI, "cpu": Fraction(3, 4)}


def test_sidecars_count_with_all_that_starts_after_them():
    side = containers({"cpu": "1"}, restartPolicy="Always")
    late = containers({"cpu": "2"}, restartPolicy="Always")
    spec = {"initContainers": [*side, *containers({"cpu": "5"}), *late], "containers": containers({"cpu": "1"})}
    assert effective_request(spec) == {"cpu": 6}  # 5 beside 1 while starting; 1 + 1 + 2 in the end
    spec["initContainers"] = [*containers({"cpu": "5"}), *side, *late]
    assert effective_request(spec) == {"cpu": 5}  # nothing beside it yet


def test_overhead_limits_and_requests_of_the_whole_pod():
    spec = {"containers": [{"resources": {"limits": {"nvidia.com/gpu": 2, "cpu": "3"}, "requests": {"cpu": "1"}}}, {}]}
    assert effective_request(spec) == {"nvidia.com/gpu": 2, "cpu": 1}
    spec |= {"resources": {"requests": {"cpu": "4"}}, "overhead": {"cpu": "250m"}}
    assert effective_request(spec) == {"nvidia.com/gpu": 2, "cpu": Fraction(17, 4)}
    assert amounts(None) == {}


def test_nodes_hold_what_the_clusters_own_pods_leave():
    pool = kubernetes.read(SAMPLE)
    assert pool.nodes.id.tolist() == ["cpu-1", "gpu-1", "gpu-2"]
    assert pool.flavors == ("NVIDIA-A100-SXM4-80GB", "cpu")
    held = dict(zip(pool.resources, pool.nodes.amount[0].tolist(), strict=True))
    # 32 cores and 128 GiB, less an exporter (500m, 1Gi) and a coredns (100m, 70Mi)
    assert held == {"cpu_milli": 31_400, "memory_milli_gib": (131_072 - 1024 - 70) * 1000 // 1024, "gpu_milli": 0}
    assert pool.nodes.gpu_memory_milli_gib.tolist() == [0, 80_000, 80_000]
    assert "gpu-3 SchedulingDisabled" in told(pool)
    assert len(kubernetes.read(SAMPLE, down="keep").nodes) == 4


def test_pods_are_jobs_gangs_and_services():
    pool = kubernetes.read(SAMPLE)
    kind, workers, lasted = (column(pool, name) for name in ("kind", "workers", "duration_s"))
    assert {name for name in kind if kind[name] == "service"} == {"vision/api-1", "vision/api-2"}
    assert workers["vision/train"] == 2
    assert lasted["vision/train"] == 90 * 60 + 1  # from the first start to the last end
    assert (workers["speech/llm/1"], workers["speech/llm/2"]) == (
        1,
        2,
    )  # the master asks for other things than its workers
    assert lasted["speech/llm/2"] == 2 * 3600 + 29 * 60  # it runs, and the nodes were last heard of at noon
    assert lasted["speech/next"] == 600  # it waits, and the one job of its member that ended took ten minutes
    assert "vision/evicted" not in kind
    assert "pods that ended before they began were left out: 1" in told(pool)
    assert pool.jobs.submit_s.min() == 0
    asked = dict(
        zip(pool.resources, pool.jobs.bundle[pool.jobs.id.tolist().index("speech/prepare")].tolist(), strict=True)
    )
    assert asked == {"cpu_milli": 3300, "memory_milli_gib": 2312, "gpu_milli": 0}


def test_pods_of_one_group_that_came_later_are_another_gang(changed):
    def retry(named, items):
        again = copy.deepcopy(named["train-2"])
        again["metadata"] |= {"name": "train-3", "uid": "again", "creationTimestamp": "2025-03-03T10:31:00Z"}
        items.append(again)

    workers = column(changed(retry), "workers")
    assert (workers["vision/train"], workers["vision/train#2"]) == (2, 1)


@pytest.mark.parametrize(
    ("place", "mark"),
    [
        ("labels", "scheduling.x-k8s.io/pod-group"),
        ("annotations", "scheduling.k8s.io/group-name"),
        ("annotations", "pod-group-name"),
        ("labels", "kueue.x-k8s.io/pod-group-name"),
        ("labels", "jobset.sigs.k8s.io/jobset-name"),
    ],
)
def test_marks_of_gang_schedulers_make_gangs(place, mark, changed):
    def group(_, items):
        for k in range(3):
            one = copy.deepcopy(next(item for item in items if item["metadata"]["name"] == "next"))
            one["metadata"] |= {"name": f"g{k}", "uid": f"g{k}", place: {mark: "gang"}}
            items.append(one)

    assert column(changed(group), "workers")["speech/gang"] == 3


def test_members_can_be_a_label_and_nodes_can_have_owners():
    pool = kubernetes.read(SAMPLE, member="team")
    assert pool.members.id.tolist() == ["asr", "speech", "vision"]
    with pytest.raises(BadInput, match='no pod has a label "squad"'):
        kubernetes.read(SAMPLE, member="squad")
    owned = kubernetes.read(SAMPLE, owners=(Owner("gpu-1", "lab"), Owner("vision", "lab"), Owner("x*", "y")))
    assert owned.members.id.tolist() == ["lab", "speech"]
    assert owned.charter.entitlements.rule == "contribution"
    for said in (
        "nodes that no pattern fits: 2 (gpu-2, cpu-1)",
        "namespaces that no pattern fits: 1 (speech)",
        '"x*" of member "y"',
    ):
        assert said in told(owned)


def test_a_pod_that_selects_gpus_keeps_to_them_if_asked(changed):
    def other(named, _):
        named["gpu-2"]["metadata"]["labels"]["nvidia.com/gpu.product"] = "Tesla-T4"
        terms = [
            {"matchExpressions": [{"key": "nvidia.com/gpu.product", "operator": "In", "values": ["Tesla-T4", "L4"]}]}
        ]
        named["next"]["spec"]["affinity"] = {
            "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
        }

    pool = changed(other, pinned=True)
    assert pool.flavors == ("NVIDIA-A100-SXM4-80GB", "Tesla-T4", "cpu")
    speed = column(pool, "speed")
    assert speed["vision/train"] == [1.0, 0.0, 0.0]
    assert speed["speech/next"] == [0.0, 1.0, 0.0]
    assert speed["vision/api-1"] == [1.0, 1.0, 1.0]
    assert "jobs that named a type of GPU may run on any here, at the same speed: 2" in told(changed(other))


def test_now_and_waiting_are_as_said():
    later = column(kubernetes.read(SAMPLE, now="2025-03-03T13:00:00Z"), "duration_s")
    assert later["speech/llm/2"] == 3 * 3600 + 29 * 60
    assert "speech/next" not in column(kubernetes.read(SAMPLE, waiting="out"), "workers")
    with pytest.raises(BadInput, match="option now"):
        kubernetes.read(SAMPLE, now="noon")
    with pytest.raises(BadInput, match="option down"):
        kubernetes.read(SAMPLE, down="perhaps")


def test_one_list_or_several_files_in_any_form_say_the_same(tmp_path):
    nodes = [item for item in SAID["items"] if item["kind"] == "Node"]
    pods = [item for item in SAID["items"] if item["kind"] == "Pod"]
    bare = [{key: value for key, value in item.items() if key != "kind"} for item in pods]
    (tmp_path / "pods.json").write_text(json.dumps({"kind": "PodList", "items": [*bare, bare[0]]}))
    (tmp_path / "nodes.json").write_text(json.dumps({"kind": "List", "items": nodes[:2]}))
    for node in nodes[2:]:
        (tmp_path / f"{node['metadata']['name']}.json").write_text(json.dumps(node))
    pool = kubernetes.read(tmp_path)
    assert column(pool, "duration_s") == column(kubernetes.read(SAMPLE), "duration_s")
    assert pool.nodes.leaves == kubernetes.read(SAMPLE).nodes.leaves


def test_pods_that_had_one_name_one_after_the_other_are_told_apart(changed):
    def again(named, items):
        second = copy.deepcopy(named["prepare"])
        second["metadata"]["uid"] = "second"
        node = copy.deepcopy(named["gpu-1"])
        node["metadata"]["uid"] = "registered anew"
        items += [second, node]

    pool = changed(again)
    assert {"speech/prepare", "speech/prepare#2"} <= set(pool.jobs.id)
    assert len(pool.nodes) == 3


def test_what_cannot_be_meant_is_left_out_and_told(changed):
    def spoil(named, items):
        named["gpu-2"]["status"]["allocatable"]["cpu"] = "many"
        named["api-1"]["spec"]["containers"][0]["resources"]["requests"]["memory"] = "4GB"
        named["prepare"]["status"]["containerStatuses"][0]["state"]["terminated"]["finishedAt"] = "2025-03-03T06:00:00Z"
        named["api-2"]["metadata"]["labels"] = ["a"]
        del named["train-1"]["metadata"]["creationTimestamp"]
        items += [{"kind": "Service", "metadata": {"name": "s"}}, {"kind": "Pod"}, 7]

    pool = changed(spoil)
    assert pool.nodes.id.tolist() == ["cpu-1", "gpu-1"]
    for said in (
        "items without a name were left out: 2",
        "nodes and pods that cannot be meant were left out: 5",
        'gpu-2: "many" is not a quantity',
        'vision/api-1: "4GB" is not a quantity',
        "speech/prepare: it ends before it starts",
        "vision/train-1: it has no creationTimestamp",
        "neither nodes nor pods were left out: 1 Service",
    ):
        assert said in told(pool)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("apiVersion: v1\nitems: []\n", "is YAML"),
        ("{", "is not JSON"),
        ("[1]", "is no list of nodes and pods"),
        ('{"kind": "ConfigMap", "metadata": {"name": "x"}}', "is no list of nodes and pods"),
        ("NAME  STATUS\n", "is not JSON"),
    ],
)
def test_a_file_that_is_something_else_says_so(content, said, tmp_path):
    (tmp_path / "odd.json").write_text(content)
    with pytest.raises(BadInput, match=said) as caught:
        kubernetes.read(tmp_path / "odd.json")
    assert all("kubectl get nodes,pods" in fault.mend for fault in caught.value.faults)


def test_pods_alone_are_an_error_and_nodes_alone_are_an_inventory_once_somebody_owns_them(changed):
    def only(kind):
        return lambda _, items: items.__setitem__(slice(None), [item for item in items if item["kind"] == kind])

    with pytest.raises(BadInput, match="no node is left that takes pods"):
        changed(only("Pod"))
    with pytest.raises(BadInput, match="nobody is a member"):
        changed(only("Node"))
    pool = changed(only("Node"), owners=(Owner("*", "us"),))
    assert pool.jobs is None
    assert pool.members.id.tolist() == ["us"]
