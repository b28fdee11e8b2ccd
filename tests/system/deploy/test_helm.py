"""deploy/helm: rendered by Helm, held to Kubernetes' schemas and to what is written down, and its parts fit.

`REWRITE_SNAPSHOT=1` writes the golden files in `helm/` anew: read what changed.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from bonaface.settings import ServerSettings, Settings, load_settings
from conftest import ROOT, need_service
from support.machine import helm
from support.machine.helm import CHART, ChartError
from support.observability.prometheus import promtool, why_not

GOLDEN = Path(__file__).with_name("helm")
OLDEST, NEWEST = "1.30", "1.37"
"""Versions of Kubernetes: that of `kubeVersion`, and the newest whose schemas are here."""
FULL = {
    "image": {"digest": f"sha256:{'0' * 64}"},
    "database": {"cidrs": ["10.0.8.0/24"]},
    "redis": {"secret": {"name": "rates"}, "selectors": [{"podSelector": {"matchLabels": {"app": "redis"}}}]},
    "signing": {"secret": "signing"},
    "autoscaling": {"queueWait": {"enabled": True}},
    "settings": {"serving": {"queue": 64}, "log": {"level": "warning"}, "storage": {"migrate": "on_start"}},
    "trustedProxies": ["10.0.3.0/24"],
    "metrics": {each: {"enabled": True} for each in ("serviceMonitor", "rules", "dashboard")},
}
CASES: dict[str, dict[str, Any]] = {
    "default": {},
    "without-journal": {"journal": {"bytes": 0}, "autoscaling": {"enabled": False}},
    "full": FULL,
}
FILES = {"PrometheusRule", "ConfigMap"}
"""What holds a file of deploy/ whole: a change of that is none of the chart."""
VALIDATE = (sys.executable, "-m", "kubernetes_validate", "--strict")
CUSTOM = {"ServiceMonitor", "PrometheusRule"}
"""Kinds of the Prometheus operator: no schema of Kubernetes."""


@cache
def objects(case: str) -> dict[str, Any]:
    """The manifests of a case by kind and name."""
    return {f"{each['kind']}/{each['metadata']['name']}": each for each in helm.objects(CASES[case])}


def workload(case: str) -> Any:  # noqa: ANN401 - any YAML value
    (found,) = (each for each in objects(case).values() if each["kind"] in ("StatefulSet", "Deployment"))
    return found


def pod(case: str) -> Any:  # noqa: ANN401
    return workload(case)["spec"]["template"]["spec"]


def environment(case: str) -> dict[str, str]:
    return {each["name"]: each["value"] for each in pod(case)["containers"][0]["env"] if "value" in each}


def test_lint_has_nothing_to_say() -> None:
    assert helm.findings() == []


@pytest.mark.parametrize("case", CASES)
def test_it_renders_what_is_written_down(case: str) -> None:
    file = GOLDEN / f"{case}.yaml"
    told = helm.written(each for each in helm.objects(CASES[case]) if each["kind"] not in FILES)
    if os.environ.get("REWRITE_SNAPSHOT"):
        file.write_text(told, "utf-8")
    assert told == file.read_text("utf-8")


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@pytest.mark.parametrize("case", CASES)
def test_kubernetes_takes_it(case: str, version: str, tmp_path: Path) -> None:
    told = [each for each in objects(case).values() if each["kind"] not in CUSTOM]
    file = tmp_path / "manifests.yaml"
    file.write_text(yaml.safe_dump_all(told), "utf-8")
    if shutil.which("kubeconform"):
        command = ["kubeconform", "-strict", "-kubernetes-version", f"{version}.0", str(file)]
    else:
        command = [*VALIDATE, "--kubernetes-version", version, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(" passed for resource ") in (0, len(told))  # kubeconform says nothing
    assert "WARN" not in done.stdout  # of a kind without a schema, which would count as valid


def test_the_validator_finds_what_does_not_fit(tmp_path: Path) -> None:
    """It is asked, and is strict: a member that Kubernetes does not know is a fault."""
    file = tmp_path / "one.yaml"
    wrong = {**objects("default")["Service/liveness-bonaface"], "spek": {}}
    file.write_text(yaml.safe_dump(wrong), "utf-8")
    done = subprocess.run([*VALIDATE, str(file)], capture_output=True, check=False)
    assert done.returncode == 1


@pytest.mark.parametrize(
    "values",
    [
        {"replicaz": 2},
        {"journal": {"bytes": -1}},
        {"image": {"digest": "latest"}},
        {"settings": {"serving": 3}},
        {"resources": {"limits": {"cores": "2"}}},
    ],
)
def test_values_that_are_none_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ChartError):
        helm.objects(values)


def test_every_value_is_in_the_schema_and_in_the_page() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text("utf-8"))
    values = yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))
    assert schema["properties"].keys() - {"global"} == values.keys()
    page = (ROOT / "docs" / "kubernetes.md").read_text("utf-8")
    assert [name for name in values if not re.search(rf"`{name}[`.]", page)] == []


def test_a_journal_makes_a_stateful_set_and_none_a_deployment() -> None:
    kept, without = workload("default"), workload("without-journal")
    assert (kept["kind"], without["kind"]) == ("StatefulSet", "Deployment")
    assert kept["spec"]["volumeClaimTemplates"][0]["metadata"]["name"] == "journal"
    assert kept["spec"]["persistentVolumeClaimRetentionPolicy"] == {
        "whenDeleted": "Retain",
        "whenScaled": "Retain",
    }
    mounted = [each["mountPath"] for each in pod("without-journal")["containers"][0]["volumeMounts"]]
    assert mounted == ["/tmp"]  # noqa: S108 - of the container
    assert environment("without-journal")["BONAFACE_STORAGE__JOURNAL_BYTES"] == "0"


@pytest.mark.parametrize("case", CASES)
def test_the_settings_hold_and_those_that_the_chart_rests_on_are_its_own(
    case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment(case).items():
        monkeypatch.setenv(name, value)
    settings: Settings = load_settings()
    assert settings.storage.migrate == "check"
    assert settings.metrics.port == pod(case)["containers"][0]["ports"][1]["containerPort"]
    assert settings.limits.store == ("memory" if case == "full" else "database")  # Redis comes by its secret
    if case == "full":
        assert (settings.serving.queue, settings.log.level) == (64, "warning")
        assert [str(each) for each in settings.server.trusted_proxies] == ["10.0.3.0/24"]


@pytest.mark.parametrize("case", CASES)
def test_the_grace_is_longer_than_the_drain(case: str) -> None:
    settings = environment(case)
    before = pod(case)["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    delay = float(settings["BONAFACE_SERVER__DRAIN_DELAY"])
    grace = float(settings["BONAFACE_SERVER__SHUTDOWN_GRACE"])
    assert grace == ServerSettings().shutdown_grace
    assert pod(case)["terminationGracePeriodSeconds"] >= before + delay + grace + 10


@pytest.mark.parametrize("case", CASES)
def test_pods_have_no_right_and_no_variable_of_the_clusters(case: str) -> None:
    """Of a Service named bonaface the cluster would make variables that a server refuses to start with."""
    made = (each.get("spec", {}).get("template") for each in objects(case).values())
    pods = [each["spec"] for each in made if each is not None]
    assert len(pods) == 2  # a replica, and the migration
    for each in pods:
        assert each["enableServiceLinks"] is False
        assert each["automountServiceAccountToken"] is False
        assert each["securityContext"]["runAsNonRoot"] is True
        for container in each["containers"]:
            rights = container["securityContext"]
            assert rights["readOnlyRootFilesystem"] is True
            assert rights["allowPrivilegeEscalation"] is False
            assert rights["capabilities"] == {"drop": ["ALL"]}
            assert container["resources"]["limits"].keys() >= {"cpu", "memory"}


def test_all_that_select_replicas_find_them_and_not_the_migration() -> None:
    found = objects("default")
    labels = workload("default")["spec"]["template"]["metadata"]["labels"]
    selectors = [
        workload("default")["spec"]["selector"]["matchLabels"],
        found["Service/liveness-bonaface"]["spec"]["selector"],
        found["PodDisruptionBudget/liveness-bonaface"]["spec"]["selector"]["matchLabels"],
    ]
    job = found["Job/liveness-bonaface-migrate"]["spec"]["template"]["metadata"]["labels"]
    for selector in selectors:
        assert selector.items() <= labels.items()
        assert not selector.items() <= job.items()
    network = found["NetworkPolicy/liveness-bonaface"]["spec"]["podSelector"]["matchLabels"]
    assert network.items() <= labels.items()
    assert network.items() <= job.items()


def test_what_leaves_a_replica_goes_to_names_the_database_and_public_addresses() -> None:
    egress = objects("full")["NetworkPolicy/liveness-bonaface"]["spec"]["egress"]
    ports = [sorted({port["port"] for port in rule["ports"]}) for rule in egress]
    assert ports == [[53], [5432], [6379], [80, 443]]
    assert egress[1]["to"] == [{"ipBlock": {"cidr": "10.0.8.0/24"}}]
    private = egress[3]["to"][0]["ipBlock"]["except"]
    assert {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"} <= set(private)


def test_the_workload_scales_by_processor_time_and_by_the_wait_for_a_worker() -> None:
    (scaler,) = (each for each in objects("full").values() if each["kind"] == "HorizontalPodAutoscaler")
    assert [each["type"] for each in scaler["spec"]["metrics"]] == ["Resource", "Pods"]
    assert scaler["spec"]["scaleTargetRef"]["kind"] == workload("full")["kind"]
    assert "replicas" not in workload("full")["spec"]  # else each upgrade would set them back


def test_rules_and_dashboard_are_the_files_of_deploy(tmp_path: Path) -> None:
    found = objects("full")
    rules = found["PrometheusRule/liveness-bonaface"]["spec"]
    assert rules == yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text("utf-8"))
    dashboard = found["ConfigMap/liveness-bonaface-dashboard"]["data"]["bonaface.json"]
    assert json.loads(dashboard) == json.loads((ROOT / "deploy/grafana/bonaface.json").read_text("utf-8"))
    need_service(why_not("promtool"))
    (tmp_path / "rules.yml").write_text(yaml.safe_dump(rules), "utf-8")
    assert promtool("check", "rules", str(tmp_path / "rules.yml")).returncode == 0


def test_prometheus_finds_the_metrics_of_each_replica() -> None:
    found = objects("full")
    monitor = found["ServiceMonitor/liveness-bonaface"]["spec"]
    service = found["Service/liveness-bonaface-pods"]
    assert monitor["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert [each["port"] for each in monitor["endpoints"]] == [service["spec"]["ports"][0]["name"]]
    assert service["metadata"]["labels"][monitor["jobLabel"]] == "bonaface"
    assert service["spec"]["clusterIP"] == "None"
