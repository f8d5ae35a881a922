"""A few seeds of ./dev chaos: those that found something once."""
import os
import subprocess
import sys

import pytest

from conftest import ROOT, SLOW


@pytest.mark.parametrize("seed", [4, 11, 15, 178])
def test_scans_of_sites_that_fail_and_change_are_whole(bin_dir, seed):
    done = subprocess.run([sys.executable, os.path.join(ROOT, "tools/chaos.py"), "--bin", bin_dir, "--first", str(seed), "--seeds", "1"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300 * SLOW, check=False)
    assert done.returncode == 0, done.stdout.decode()
