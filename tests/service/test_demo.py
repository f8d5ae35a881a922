"""./dev demo --once, as its user runs it, and what it must leave nowhere: a planted secret in clear."""
import os
import subprocess
import sys

import pytest

from conftest import ROOT, SLOW


def run_demo(bin_dir, *options, timeout=300):
    done = subprocess.run([sys.executable, os.path.join(ROOT, "tools/demo.py"), "--bin", bin_dir, "--once", *options],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout * SLOW, check=False)
    return done.returncode, done.stdout.decode()


def pieces_of(secret):
    """The secret as it would stand in a file: whole, or its longest line."""
    return {secret, max(secret.splitlines(), key=len)}


def test_demo_finds_everything_and_leaves_nothing_in_clear(bin_dir, tmp_path):
    status, output = run_demo(bin_dir, "--seed", "5", "--keep", str(tmp_path))
    assert status == 0, output
    assert "each once; the coverage equals" in output
    import json
    with open(tmp_path / "manifest.jsonl", encoding="utf-8") as f:
        secrets = {piece for line in f for piece in pieces_of(json.loads(line)["secret"])}
    assert len(secrets) > 50
    # The store, its log, the server's log, its configuration: everything but the simulator's own files.
    looked_at = 0
    for base, _, files in os.walk(tmp_path):
        for name in files:
            if name in ("manifest.jsonl",) or name.startswith("sim"):
                continue
            with open(os.path.join(base, name), "rb") as f:
                data = f.read()
            looked_at += len(data)
            for secret in secrets:
                assert secret.encode() not in data, f"a planted secret stands in clear in {name}"
    assert looked_at > 100_000


def test_demo_over_real_issues_and_pages(bin_dir, shared):
    data = os.path.join(shared, "data")
    if not os.path.exists(os.path.join(data, "jira-issues.jsonl.gz")):
        pytest.skip("SKIPPED: ../shared/data is not there")
    status, output = run_demo(bin_dir, "--data", data, timeout=600)
    assert status == 0, output
    assert "each once; the coverage equals" in output
