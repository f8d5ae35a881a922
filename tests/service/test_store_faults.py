"""PostgreSQL that drops connections, can not be written, restarts, and is talked to under TLS: scans come to the same end, nothing is lost."""
import os
import subprocess
import time

import pytest

from harness.postgres import Postgres, programs
from harness.processes import Server, Simulator, StartError, free_port
from conftest import SLOW, Stack, wait_scanned
from test_crash import result_of

pytestmark = pytest.mark.skipif(not os.environ.get("SPILLGUARD_TEST_POSTGRES") or programs() is None,
                                reason="SKIPPED: SPILLGUARD_TEST_POSTGRES is not set")
SITE = ("--seed", 11, "--projects", 3, "--issues", 500, "--spaces", 3, "--pages", 60, "--blogs", 6)
# Small pages: many commits for something to come between.
SERVER = {"site": "page_size = 20\nmax_concurrency = 2\n", "scan": "retry_milliseconds = 50\n"}


@pytest.fixture(scope="module")
def postgres():
    server = Postgres()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def undisturbed(bin_dir, tmp_path_factory):
    stack = Stack(bin_dir, tmp_path_factory.mktemp("undisturbed"), SITE, store="")
    try:
        stack.scan_everything()
        yield result_of(stack)
    finally:
        stack.stop()


def start_scans(stack):
    for product in ("jira", "confluence"):
        assert stack.api(product).scan_all().status == 200


def finish(stack):
    for product in ("jira", "confluence"):
        wait_scanned(stack.api(product))


@pytest.fixture
def stack(bin_dir, tmp_path, postgres):
    stack = Stack(bin_dir, tmp_path, SITE, store=postgres.new_database(), **SERVER)
    try:
        yield stack
    finally:
        stack.stop()


def test_connections_that_are_cut_again_and_again(stack, postgres, undisturbed):
    start_scans(stack)
    cut = 0
    for _ in range(12):
        time.sleep(0.1)
        cut += int(postgres.sql("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname LIKE 'guard%'"))
    assert cut > 10
    finish(stack)
    assert result_of(stack) == undisturbed


def test_a_server_that_can_only_be_read(stack, postgres, undisturbed):
    start_scans(stack)
    time.sleep(0.3)
    try:
        postgres.sql("ALTER SYSTEM SET default_transaction_read_only = on")
        postgres.sql("SELECT pg_reload_conf()")
        time.sleep(0.5)
        api = stack.api("jira")
        assert api.get("/coverage").status == 200, "what is there can be read"
        answer = api.send("PUT", "/settings", customEmailText="x")
        assert answer.status == 503, answer.text
    finally:
        # Itself a change that a session of that kind could not make.
        postgres.sql("BEGIN; SET TRANSACTION READ WRITE; COMMIT")
        postgres.sql("ALTER SYSTEM RESET default_transaction_read_only")
        postgres.sql("SELECT pg_reload_conf()")
    finish(stack)
    assert stack.api("jira").send("PUT", "/settings", customEmailText="y").status == 200
    assert result_of(stack) == undisturbed


def test_a_server_that_restarts_twice(stack, postgres, undisturbed):
    start_scans(stack)
    for _ in range(2):
        time.sleep(0.4)
        postgres.restart()
    finish(stack)
    assert result_of(stack) == undisturbed


def make_authority(folder, name):
    """A CA and a certificate of it for the host localhost."""
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr")
    with open(os.path.join(folder, "names"), "w", encoding="ascii") as f:
        f.write("subjectAltName=DNS:localhost\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", f"{name}.pem", "-CAkey", f"{name}.key", "-CAcreateserial", "-days", "30",
            "-extfile", "names", "-out", "server.pem")


def test_tls_with_a_verified_server_and_a_password(bin_dir, tmp_path):
    folder = str(tmp_path)
    os.makedirs(os.path.join(folder, "other"))
    make_authority(folder, "authority")
    make_authority(os.path.join(folder, "other"), "authority")
    port = free_port()
    postgres = Postgres(port=port)
    sim = server = None
    try:
        for name in ("server.key", "server.pem"):
            postgres.put_file(os.path.join(folder, name), name)
        postgres.put_text("hostssl all all 127.0.0.1/32 scram-sha-256\nlocal all all trust\n", "pg_hba.conf")
        postgres.configure("listen_addresses = '127.0.0.1'", "ssl = on", "ssl_cert_file = 'server.pem'", "ssl_key_file = 'server.key'")
        postgres.sql("CREATE ROLE guard LOGIN PASSWORD 'not a secret'")
        postgres.sql("CREATE DATABASE guard OWNER guard")
        password = os.path.join(folder, "password")
        with open(password, "w", encoding="ascii") as f:
            f.write("not a secret\n")
        sim = Simulator(bin_dir, folder, ("--seed", 3, "--projects", 1, "--issues", 20, "--spaces", 1, "--pages", 5)).wait_ready()

        def start(host, authority):
            address = f"postgresql://guard@{host}:{port}/guard?sslmode=verify-full&sslrootcert={authority}"
            # The password's place stands behind the address.
            return Server(bin_dir, folder, sim, store=f'{address}"\npassword_file = "{password}')

        for host, authority, word in (("localhost", "other/authority.pem", "certificate verify failed"),
                                      ("127.0.0.1", "authority.pem", "does not match host name")):
            server = start(host, os.path.join(folder, authority))
            with pytest.raises(StartError) as refused:
                server.wait_ready(30 * SLOW)
            server.stop()
            assert word in str(refused.value) and "not a secret" not in str(refused.value)
        server = start("localhost", os.path.join(folder, "authority.pem")).wait_ready()
        assert postgres.sql("SELECT DISTINCT ssl FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) WHERE a.usename = 'guard'") == "t\n"
        with open(server.log_file, encoding="utf-8") as f:
            assert "not a secret" not in f.read()
    finally:
        for process in (server, sim, postgres):
            if process:
                process.stop()
