"""A host that tells its rate is asked as fast as it allows, and never faster: it counts what it had to refuse."""
import json
import urllib.request

import pytest
from conftest import SMALL, Stack


def stats(stack):
    with urllib.request.urlopen("/".join(stack.sim.jira_url.split("/")[:3]) + "/_sim/stats", timeout=30) as answer:
        return json.load(answer)


# A bucket that the scan empties, and one of a busy host.
@pytest.mark.parametrize("limit", ["150/80", "20/100"])
def test_the_host_is_never_pushed_over_its_limit(bin_dir, tmp_path, limit):
    stack = Stack(bin_dir, tmp_path, (*SMALL, "--rate-limit", limit),
                  site="max_concurrency = 8\nissue_properties = false\nremote_links = false\n")
    try:
        stack.scan_everything()
        for product, counts in stats(stack).items():
            if isinstance(counts, dict) and "refused" in counts:
                assert counts["refused"] == 0, f"{product}: {counts}"
        bucket, _, fill = limit.partition("/")
        assert stats(stack)["confluence"]["requests"] > int(bucket), "the scan did not need the limit"
    finally:
        stack.stop()
