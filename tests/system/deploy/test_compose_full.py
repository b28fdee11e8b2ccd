"""deploy/compose.full.yaml: its parts fit each other, and the programs read what it gives them."""

import json
import re
import shutil
import subprocess
from ipaddress import ip_address, ip_network
from pathlib import Path

import jsonschema_rs
import pytest
import trustme
import yaml

from bonaface.settings import Settings
from conftest import ROOT, need_service
from support.observability.prometheus import DASHBOARD, promtool, why_not

DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.full.yaml").read_text("utf-8"))
SERVICES = COMPOSE["services"]
ADDRESS = {
    "type": "object",
    "properties": {"ipv4_address": {"format": "ipv4"}},
    "additionalProperties": False,
}
WORDS = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
SCHEMA = {
    "type": "object",
    "required": ["services", "networks", "volumes"],
    "patternProperties": {"^x-": {}},
    "additionalProperties": False,
    "properties": {
        "networks": {"type": "object"},
        "volumes": {"type": "object", "additionalProperties": {"maxProperties": 0}},
        "services": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "image": {"type": "string", "pattern": r"^[a-z/]+:[0-9v][\w.-]+$"},
                    "extends": {"type": "object", "required": ["file", "service"]},
                    "command": WORDS,
                    "environment": {"type": "object", "additionalProperties": {"type": "string"}},
                    "depends_on": {"type": ["array", "object"]},
                    "networks": {"anyOf": [WORDS, {"type": "object", "additionalProperties": ADDRESS}]},
                    "ports": WORDS,
                    "volumes": WORDS,
                    "tmpfs": WORDS,
                    "cap_add": WORDS,
                    "cap_drop": WORDS,
                    "security_opt": WORDS,
                    "healthcheck": {"type": "object", "required": ["test"]},
                    "restart": {"const": "unless-stopped"},
                    "read_only": {"const": True},
                    "pids_limit": {"type": "integer"},
                    "mem_limit": {"type": "string", "pattern": "^[0-9]+[mg]$"},
                    "shm_size": {"type": "string", "pattern": "^[0-9]+m$"},
                    "stop_grace_period": {"type": "string", "pattern": "^[0-9]+s$"},
                },
            },
        },
    },
}
"""What of the compose specification is used here."""


def test_it_is_of_the_form_of_a_compose_file() -> None:
    jsonschema_rs.validate(SCHEMA, COMPOSE)
    assert SERVICES.keys() == {"bonaface", "database", "nginx", "prometheus", "grafana"}


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_names_is_there(name: str) -> None:
    service = SERVICES[name]
    assert set(service["networks"]) <= COMPOSE["networks"].keys()
    assert set(service.get("depends_on", ())) <= SERVICES.keys()
    for mount in service.get("volumes", ()):
        source = mount.split(":")[0]
        if source.startswith("./"):
            assert (DEPLOY / source).exists()
            assert mount.endswith(":ro")
        elif not source.startswith("${"):
            assert source in COMPOSE["volumes"]


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - {"bonaface"}))
def test_every_service_has_its_rights_taken_away(name: str) -> None:
    assert SERVICES[name]["cap_drop"] == ["ALL"]
    assert SERVICES[name]["security_opt"] == ["no-new-privileges:true"]
    assert SERVICES[name]["read_only"] is True
    assert "mem_limit" in SERVICES[name]


def test_bonaface_is_the_service_of_the_small_file_with_settings_that_hold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert SERVICES["bonaface"]["extends"] == {"file": "compose.yaml", "service": "bonaface"}
    assert "bonaface" in yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]
    for name, value in SERVICES["bonaface"]["environment"].items():
        monkeypatch.setenv(name, re.sub(r"\$\{[^}]+\}", "c0ffee", value))
    settings = Settings()

    assert settings.storage.url is not None
    assert (settings.metrics.host, settings.metrics.port) == ("0.0.0.0", 9464)
    assert [str(each) for each in settings.server.trusted_proxies] == ["172.30.30.11/32"]


def test_no_password_is_in_it_and_none_has_a_default() -> None:
    text = (DEPLOY / "compose.full.yaml").read_text("utf-8")
    assert set(re.findall(r"\$\{(\w+)([:?-]*)", text)) == {
        ("BONAFACE_DATABASE_PASSWORD", ":?"),
        ("BONAFACE_TLS_CERTIFICATE", ":?"),
        ("BONAFACE_TLS_KEY", ":?"),
        ("GRAFANA_PASSWORD", ":?"),
    }
    page = (ROOT / "docs" / "container.md").read_text("utf-8")
    assert all(name in page for name, _ in re.findall(r"\$\{(\w+)([:?-]*)", text))


def test_nginx_alone_is_reached_from_elsewhere_and_the_database_from_bonaface() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"nginx": ["443:443"], "grafana": ["127.0.0.1:3000:3000"]}
    assert COMPOSE["networks"]["storage"] == COMPOSE["networks"]["metrics"] == {"internal": True}
    assert {name for name, each in SERVICES.items() if "storage" in each["networks"]} == {
        "bonaface",
        "database",
    }


def test_nginx_reads_the_recipe_with_the_servers_address(tmp_path: Path) -> None:
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    need_service(None if nginx else "needs nginx")
    front = {name: SERVICES[name]["networks"]["front"]["ipv4_address"] for name in ("bonaface", "nginx")}
    (subnet,) = (ip_network(each["subnet"]) for each in COMPOSE["networks"]["front"]["ipam"]["config"])
    certificate = trustme.CA().issue_cert("liveness.example.com")
    certificate.cert_chain_pems[0].write_to_path(str(tmp_path / "certificate"))
    certificate.private_key_pem.write_to_path(str(tmp_path / "key"))
    script = SERVICES["nginx"]["command"][2].partition(" && ")[0]
    script = script.replace("/recipe/", f"{DEPLOY / 'nginx'}/").replace("/etc/nginx/conf.d", str(tmp_path))
    subprocess.run(["sh", "-c", script], check=True)
    recipe = tmp_path / "bonaface.conf"
    text = recipe.read_text("utf-8")

    assert all(ip_address(each) in subnet for each in front.values())
    assert f"server {front['bonaface']}:8000;" in text
    assert text.replace(front["bonaface"], "127.0.0.1") == (DEPLOY / "nginx" / "bonaface.conf").read_text(
        "utf-8"
    )
    for mount in SERVICES["nginx"]["volumes"][1:]:
        inside = mount.removesuffix(":ro").rpartition(":")[2]
        assert text.count(inside) == 1
        text = text.replace(inside, str(tmp_path / ("key" if inside.endswith(".key") else "certificate")))
    recipe.write_text(text, "utf-8")
    main = f"pid {tmp_path}/pid; error_log {tmp_path}/log; events {{}} http {{ include {recipe}; }}"
    (tmp_path / "main.conf").write_text(main, "utf-8")
    command = [str(nginx), "-p", str(tmp_path), "-c", str(tmp_path / "main.conf"), "-t"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_prometheus_reads_its_configuration() -> None:
    need_service(why_not("promtool"))
    done = promtool("check", "config", "container.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    example = (DEPLOY / "prometheus" / "prometheus.yml").read_text("utf-8")
    given = yaml.safe_load((DEPLOY / "prometheus" / "container.yml").read_text("utf-8"))
    assert given == yaml.safe_load(example.replace("127.0.0.1:9464", "bonaface:9464"))


def test_grafana_finds_prometheus_and_the_dashboard() -> None:
    provisioning = DEPLOY / "grafana" / "provisioning"
    (source,) = yaml.safe_load((provisioning / "datasources" / "prometheus.yaml").read_text())["datasources"]
    (provider,) = yaml.safe_load((provisioning / "dashboards" / "bonaface.yaml").read_text())["providers"]
    mounts = dict(mount.split(":")[:2] for mount in SERVICES["grafana"]["volumes"])
    variables = json.loads(DASHBOARD.read_text())["templating"]["list"]

    assert mounts["./grafana/provisioning"] == "/etc/grafana/provisioning"
    assert mounts["./grafana/bonaface.json"] == f"{provider['options']['path']}/bonaface.json"
    assert source["url"] == "http://prometheus:9090"
    assert source["type"] == next(each["query"] for each in variables if each["type"] == "datasource")
    assert set(SERVICES["prometheus"]["networks"]) & set(SERVICES["grafana"]["networks"]) == {"metrics"}
