"""Files of every kind, opened by the real helper: what was planted is found where it stands, what is hostile is accounted for."""
import json
import os
import resource
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "tools"))
from attachments import hostile_set, made_set, mutate  # noqa: E402
from attachments.planter import RULE  # noqa: E402

BIN = os.environ.get("SPILLGUARD_BIN", "")


@pytest.fixture()
def rule(tmp_path):
    path = tmp_path / "rule.toml"
    path.write_text(RULE)
    return str(path)


def test_every_planted_token_is_found_at_its_place(tmp_path, rule):
    folder = str(tmp_path / "set")
    plants = made_set.make(folder)
    findings, outcomes, run = made_set.scan(BIN, rule, folder)
    assert run.returncode == 1, run.stderr
    assert not made_set.missing(plants, findings)
    assert len(plants) > 200
    assert [o for o in outcomes if o["outcome"] not in ("read", "media")] == []


def test_hostile_files_end_as_they_must(tmp_path, rule):
    folder = tmp_path / "hostile"
    folder.mkdir()
    expected = hostile_set.make(str(folder))
    (folder / "last-good.zip").write_bytes(made_set.archives.zip_of({"a.txt": b"the key SGT_" + b"0123456789abcdef\n"}))
    findings, outcomes, run = made_set.scan(BIN, rule, str(folder), "--threads", "2")
    assert run.returncode == 1, run.stderr
    own = {o["file"]: o for o in outcomes if not o["location"]}
    assert sorted(own) == sorted([*expected, "last-good.zip"])
    wrong = {name: own[name] for name, right in expected.items() if own[name]["outcome"] not in right}
    assert not wrong
    for bomb in ("flat-bomb.zip", "bomb.gz", "quine-like.zip"):
        assert {o["outcome"] for o in outcomes if o["file"] == bomb} & {"too_large", "ratio"}, bomb
    assert [f["file"] for f in findings] == ["last-good.zip"]
    # The program that asked holds what came out, never what was packed; RUSAGE_CHILDREN is of the largest child.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 3 << 20


def test_mutations_are_accounted_for():
    count = int(os.environ.get("SPILLGUARD_MUTATIONS", "300"))
    outcomes = mutate.run(BIN, count, seed=7, batch=150)
    assert sum(outcomes.values()) >= count * 0.8, outcomes  # some become plain text, which needs no helper
    assert not outcomes.get("helper_died"), outcomes


def test_nothing_of_the_documents_is_on_disk_or_on_stderr(tmp_path, rule):
    folder = str(tmp_path / "set")
    plants = made_set.make(folder)
    trace = tmp_path / "tmp"
    trace.mkdir()
    run = subprocess.run([os.path.join(BIN, "spillguard"), "scan", "--no-built-in", "--rules", rule, "--format", "jsonl", "--redact", folder],
                         capture_output=True, env=dict(os.environ, TMPDIR=str(trace)))
    assert run.returncode == 1
    assert os.listdir(trace) == []
    text = run.stdout + run.stderr
    assert not [token for _, token, _ in plants if token.encode() in text]


def test_text_in_pictures_is_read_on_request_only(tmp_path):
    """A screenshot of a login, in each format that screenshots come in."""
    if not os.path.exists("/usr/bin/tesseract"):
        pytest.skip("tesseract-ocr is not installed: OCR of pictures is not tested")
    pictures = pytest.importorskip("PIL.Image", reason="python3-pil is not installed: OCR of pictures is not tested")
    from PIL import ImageDraw, ImageFont
    font = ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf", 30)
    secret = "Tr4ven" + "Quolm78"
    picture = pictures.new("RGB", (700, 200), "white")
    draw = ImageDraw.Draw(picture)
    for y, line in ((20, "Login to the staging server"), (70, "user: deploy"), (120, "password: " + secret)):
        draw.text((20, y), line, fill="black", font=font)
    names = ["a.bmp", "b.gif", "c.jpg", "d.png", "e.tiff", "f.webp"]
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in names:
        picture.save(folder / name)
    command = [os.path.join(BIN, "spillguard"), "scan", "--format", "jsonl"]
    account = tmp_path / "account.jsonl"
    run = subprocess.run([*command, "--ocr", str(folder)], capture_output=True, text=True)
    found = [json.loads(line) for line in run.stdout.splitlines()]
    assert [(f["file"], f["location"], f["secret"]) for f in sorted(found, key=lambda f: f["file"])] == \
        [(name, "text in the picture", secret) for name in names], run.stderr
    run = subprocess.run([*command, "--account", str(account), str(folder)], capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (0, ""), run.stderr
    outcomes = [json.loads(line) for line in account.read_text(encoding="utf-8").splitlines()]
    assert sorted((o["file"], o["outcome"]) for o in outcomes) == [(name, "media") for name in names]


def test_sandbox_layers_are_told(tmp_path):
    said = tmp_path / "said"  # a file, which the sandbox itself could not write
    with open(said, "wb") as out:
        run = subprocess.run([os.path.join(BIN, "spillguard-extract"), "--check"], stdout=out, stdin=subprocess.DEVNULL)
    text = said.read_text(encoding="utf-8")
    assert run.returncode == 0, text
    for layer in ("no_new_privs", "landlock", "rlimits", "seccomp"):
        assert layer in text


def test_real_attachments_all_have_an_outcome(tmp_path):
    archive = os.path.join(os.path.dirname(__file__), "../../../shared/data/jira-attachments.tar")
    if not os.path.exists(archive):
        pytest.skip("../shared/data/jira-attachments.tar is not there")
    subprocess.run(["tar", "xf", archive, "-C", str(tmp_path)], check=True)
    account = tmp_path / "account.jsonl"
    run = subprocess.run([os.path.join(BIN, "spillguard"), "scan", "--account", str(account), "--format", "jsonl", str(tmp_path / "attachments")],
                         capture_output=True, text=True)
    assert run.returncode in (0, 1), run.stderr
    outcomes = [json.loads(line) for line in account.read_text(encoding="utf-8").splitlines()]
    assert "328 files" in run.stderr
    assert {o["outcome"] for o in outcomes if not o["location"]} <= {"read", "media", "no_text", "broken", "encrypted"}
