"""`zaizao time --cluster` as its users meet it (zaizao/wiring.py)."""

import json
import socket
import subprocess
import sys

import pytest
from distributed import LocalCluster

from analysis.sweeps import default_runs, replications
from bpmn import read
from reports.json import time_json
from zaizao import wiring


def test_a_cluster_gives_what_the_same_runs_give_here(make):
    """In a process of its own, as a user's call is; its error stream stays empty."""
    file = make()
    command = [
        sys.executable,
        "-c",
        "from zaizao.cli import main; main()",
        "time",
        str(file),
        "--cases",
        "300",
        "--json",
    ]

    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0") as cluster:
        done = subprocess.run(
            [*command, "--cluster", cluster.scheduler_address], capture_output=True, text=True, check=True
        )

    here = replications(read(file), runs=default_runs(300), cases=300).result
    assert json.loads(done.stdout) == time_json(here)
    assert done.stderr == ""


@pytest.mark.parametrize(
    "address", ["", "here", "ftp://here:1", "here:0", "here:99999", "a b:1", "http://u@here:1", "nobody::1"]
)
def test_what_is_no_address_is_refused_at_once(run, make, address):
    answer = run("time", make(), "--cluster", address, "--lang", "en")

    assert answer.code == 2
    assert "HOST:PORT" in answer.err


def test_where_nothing_answers_that_is_said_within_seconds(run, make, monkeypatch):
    monkeypatch.setattr(wiring, "CLUSTER_SECONDS", 0.3)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"

    answer = run("time", make(), "--cluster", address, "--lang", "en")

    assert answer.code == 3
    assert f"No cluster answers at {address}" in answer.err
    assert answer.out == ""


def test_where_something_else_listens_that_is_said_too(run, make, monkeypatch):
    """A server that takes the call and says nothing."""
    monkeypatch.setattr(wiring, "CLUSTER_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"

        answer = run("time", make(), "--cluster", address)

    assert answer.code == 3
    assert "没有集群应答" in answer.err


def test_a_cluster_without_workers_is_told(run, make, monkeypatch):
    monkeypatch.setattr(wiring, "CLUSTER_SECONDS", 1)
    with LocalCluster(n_workers=0, dashboard_address=":0") as cluster:
        answer = run("time", make(), "--cluster", cluster.scheduler_address, "--lang", "en")

    assert answer.code == 3
    assert "has no worker" in answer.err


def test_without_the_extra_one_sentence_says_how_to_get_it(run, make, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)

    answer = run("time", make(), "--cluster", "here:8786", "--lang", "en")

    assert answer.code == 2
    assert answer.err.strip().endswith("pip install 'zaizao[cluster]' brings it.")
