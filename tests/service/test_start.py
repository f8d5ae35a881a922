"""A server that can not come up says so and ends, whatever of it runs by then."""
import socket

import pytest

from conftest import SLOW
from harness.processes import Server, Simulator, StartError, free_port

SIM = ("--seed", 5, "--projects", 1, "--issues", 5, "--spaces", 1, "--pages", 2)


@pytest.fixture(scope="module")
def sim(bin_dir, tmp_path_factory):
    sim = Simulator(bin_dir, str(tmp_path_factory.mktemp("sim")), SIM).wait_ready()
    try:
        yield sim
    finally:
        sim.stop()


@pytest.mark.parametrize("whose", ["jira", "confluence", "health"])
def test_a_port_that_another_has_is_told_and_nothing_hangs(bin_dir, tmp_path, sim, whose):
    ports = {k: free_port() for k in ("jira", "confluence", "health")}
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        ports[whose] = other.getsockname()[1]
        server = Server(bin_dir, str(tmp_path), sim, ports=ports)
        try:
            assert server.child.wait(60 * SLOW) == 2
            assert f"cannot listen on 127.0.0.1:{ports[whose]}: Address already in use" in server.tail()
        finally:
            server.kill()
    # Nothing of it is left: the same server comes up when the port is free.
    server.start()
    try:
        server.wait_ready(60 * SLOW)
    finally:
        server.stop()


def test_ports_of_tests_are_given_once_and_by_nobody_else():
    given = [free_port() for _ in range(50)]
    assert len(set(given)) == len(given)
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as f:
        low, high = map(int, f.read().split())
    assert low <= 11000 or not [port for port in given if low <= port <= high]
