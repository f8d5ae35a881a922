"""The program's findings on files are the same, byte for byte, for any number of threads and however its input
comes in. What it must find here is generated: the program's own examples of its rules, torn and run together."""
import json
import os
import random
import subprocess

import pytest

SEEDS = 100
BETWEEN = [" ", "\n", "\n\n", "\t", ", ", '": "', "password = ", "|", "||Password||\n|", "der pw ist ", "é", "%3D",
           "&quot;", "\\u003d", "key: ", "https://a:b@c/", "", "0", "==", "<p>", "{code}\n"]


@pytest.fixture(scope="module")
def program(bin_dir):
    return os.path.join(bin_dir, "spillguard")


@pytest.fixture(scope="module")
def examples(program):
    out = subprocess.run([program, "rules", "list", "--format", "json", "--examples"], stdout=subprocess.PIPE,
                         check=True).stdout
    found = [e for rule in json.loads(out) for e in rule["examples"]]
    assert len(found) > 1000
    return found


def planted_text(examples, seed):
    draw = random.Random(seed)
    pieces = []
    for own in examples[seed % SEEDS::SEEDS]:
        torn = own[:draw.randrange(len(own) + 1)] if draw.random() < 0.25 else own
        pieces += [draw.choice(BETWEEN), torn, draw.choice(BETWEEN), draw.choice(examples)]
    return "".join(pieces).encode()


def scan(program, *arguments, chunks=None):
    command = [program, "scan", "--format", "jsonl", "--quiet", *arguments]
    if chunks is None:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        assert done.returncode in (0, 1), done.stderr.decode()
        return done.stdout
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        for chunk in chunks:
            child.stdin.write(chunk)
            child.stdin.flush()
        child.stdin.close()
        out = child.stdout.read()
    assert child.returncode in (0, 1)
    return out


def test_threads_and_order_of_files_do_not_matter(program, examples, tmp_path):
    for seed in range(SEEDS):
        (tmp_path / f"{seed:03}.txt").write_bytes(planted_text(examples, seed))
    one = scan(program, "--threads", "1", str(tmp_path))
    assert one.count(b"\n") > 1000
    for threads in ("1", "2", "5"):
        assert scan(program, "--threads", threads, str(tmp_path)) == one, f"{threads} threads"


def test_chunks_of_the_input_do_not_matter(program, examples, tmp_path):
    found = 0
    for seed in range(SEEDS):
        text = planted_text(examples, seed)
        path = tmp_path / "text"
        path.write_bytes(text)
        with open(path, "rb") as whole:
            done = subprocess.run([program, "scan", "--format", "jsonl", "--quiet", "-"], stdin=whole,
                                  stdout=subprocess.PIPE, check=False)
        draw = random.Random(seed)
        chunks = []
        at = 0
        while at < len(text):
            size = draw.choice([1, 7, 64, 500, 4096, 70000])
            chunks.append(text[at:at + size])
            at += size
        assert scan(program, "-", chunks=chunks) == done.stdout, f"seed {seed}"
        found += done.stdout.count(b"\n")
    assert found > 1000
