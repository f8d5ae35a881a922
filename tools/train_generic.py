#!/usr/bin/env python3
"""Learns the weights of the generic-secrets detector and writes rules/generic_model.txt.

  train_generic.py --dump build/…/bin/generic_dump [--data ../shared] [--letters] [--check] [--out FILE]

What it learns from: made texts (tools/generic/corpus.py), written ones (tools/generic/written), the labelled texts of DATA/eval, and the real texts of
DATA/data with the labels of tools/generic/labels.tsv: all of their candidates that nobody called a secret count as
none. --check also learns without each of them in turn and says how well the others tell what was left out.
--letters learns the letter model from the real texts anew; else it stays as it is.
"""
import argparse
import collections
import gzip
import json
import math
import os
import random
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "generic"))
import corpus  # noqa: E402
import fit  # noqa: E402
import letters  # noqa: E402
import words  # noqa: E402
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "tests", "quality"))
import written  # noqa: E402

ROOT = os.path.dirname(HERE)
MODEL = os.path.join(ROOT, "rules", "generic_model.txt")
LABELS = os.path.join(HERE, "generic", "labels.tsv")
SETTINGS = ["assignment", "colon", "json", "xml", "call", "command-line", "table", "list", "prose"]
# What a probability must reach for a finding: chosen so that the real issues stay below three findings a megabyte.
# Command lines of documents and logs are full of throw-away passwords.
THRESHOLDS = {"command-line": 0.76}
# Which way each feature may speak; what is not named may speak either way.
SIGNS = {
    "random letters": 1, "word letters": -1, "tiny": -1, "short": -1, "very long": -1, "kinds of characters": 1,
    "digits inside": 1, "word and digits": 1, "row of words": 1, "hexadecimal": 1, "stand-in words": -1, "sequence": -1, "one word": -1, "name": -1,
    "dashed name": -1, "dotted name": -1, "phrase": -1, "blanks": -1, "words of key": -1, "variety": 1, "key goes on": -1, "key disarmed": -1,
    "key strengthened": 1, "key has words": 1, "distance": -1, "code behind": -1, "example said": -1, "stack trace": -1, "user before": 1,
    "public before": -1, "prose one word": -1, "prose plain": -1, "bare name": -1, "password signs": 1, "number": -1}
NEVER = ("empty placeholder masked variable code literal version date digest path URL e-mail_address file_name encrypted password_hash public_key "
         "issue_key named_otherwise")
NEVER = {name.replace("_", " ") for name in NEVER.split()}


def feature_names():
    """As features.cc lists them."""
    text = open(os.path.join(ROOT, "src/detect/generic/features.cc"), encoding="utf-8").read()
    block = text.split("kFeatureNames = {", 1)[1].split("};", 1)[0]
    return [part.strip().strip('"') for part in block.replace("\n", " ").split(",") if part.strip()]


def json_lines(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8", errors="replace") as file:
        for line in file:
            yield json.loads(line)


# ------------------------------------------------------------------ texts
def real_texts(data):
    """(id, text) of issues and of the newest versions of pages."""
    path = os.path.join(data, "data", "jira-issues.jsonl.gz")
    if os.path.exists(path):
        for issue in json_lines(path):
            fields = issue.get("fields") or {}
            for name in ("summary", "description", "environment"):
                if isinstance(fields.get(name), str) and fields[name]:
                    yield issue["key"] + "/" + name, fields[name]
            for comment in (fields.get("comment") or {}).get("comments", []):
                if comment.get("body"):
                    yield "%s/comment-%s" % (issue["key"], comment.get("id")), comment["body"]
    path = os.path.join(data, "data", "wiki-pages.jsonl.gz")
    if os.path.exists(path):
        for page in json_lines(path):
            versions = page.get("versions") or []
            if versions and versions[-1].get("text"):
                yield "page-%s" % page.get("id", page.get("title")), versions[-1]["text"]


def real_documents(data):
    labels = collections.defaultdict(list)
    if os.path.exists(LABELS):
        with open(LABELS, encoding="utf-8") as file:
            for line in file:
                if line.strip() and not line.startswith("#"):
                    ident, begin, end, verdict = line.rstrip("\n").split("\t")[:4]
                    labels[ident].append((int(begin), int(end), {"true": 1, "false": 0, "unclear": None}[verdict]))
    for ident, text in real_texts(data):
        domain = "real-pages" if ident.startswith("page-") else "real-issues"
        yield {"id": ident, "text": text, "truth": labels.get(ident, []), "domain": domain, "rest": 0}


def labelled_documents(data):
    folder = os.path.join(data, "eval", "data")
    path = os.path.join(folder, "creddata", "labels.jsonl.gz")
    if os.path.exists(path):
        labels = collections.defaultdict(list)
        for row in json_lines(path):
            labels[row["path"]].append(row)
        for row in json_lines(os.path.join(folder, "creddata", "files.jsonl.gz")):
            lines = row["text"].split("\n")
            starts = [0]
            for line in lines:
                starts.append(starts[-1] + len(line.encode("utf-8", "replace")) + 1)
            truth = []
            for label in labels[row["path"]]:
                first, last = label["line_start"] - 1, label["line_end"] - 1
                begin, end = starts[first], starts[last + 1] - 1
                if 0 <= label["value_start"] < label["value_end"]:
                    line = lines[first]
                    begin = starts[first] + len(line[:label["value_start"]].encode())
                    end = starts[first] + len(line[:label["value_end"]].encode())
                truth.append((begin, end, 1 if label["label"] == "T" else 0))
            yield {"id": row["path"], "text": row["text"], "truth": truth, "domain": "creddata-" + row["path"].split("/")[1], "rest": 0}
    path = os.path.join(folder, "tickets.jsonl.gz")
    if os.path.exists(path):
        for row in json_lines(path):
            data_bytes = row["text"].encode()
            truth = []
            for plant in row["plants"]:
                # What markup splits or escapes is not found here; the rest teaches enough.
                value = (plant["value"] or plant["snippet"]).encode()
                at = data_bytes.find(value)
                if at >= 0:
                    truth.append((at, at + len(value), 1 if plant["kind"] == "positive" else 0))
            if truth:
                yield {"id": row["id"], "text": row["text"], "truth": truth, "domain": "tickets", "rest": 0}


def made_documents(seed, count):
    for row in corpus.made_texts(seed, count):
        yield dict(row, domain="made", rest=0)


def written_documents(seeds):
    """The texts of tools/generic/written, with values of so many seeds."""
    folder = os.path.join(HERE, "generic", "written")
    for name in sorted(os.listdir(folder)):
        for number, (markup, text) in enumerate(written.units(os.path.join(folder, name))):
            if markup not in ("plain", "wiki"):
                continue  # is scanned as what the markup says, which nobody asks here
            for seed in range(seeds):
                made, spans = written.expand(text, random.Random(f"train {seed} {number}"))
                truth = [(len(made[:begin].encode()), len(made[:end].encode()), int(secret)) for begin, end, secret in spans]
                yield {"id": f"{name}-{number}-{seed}", "text": made, "truth": truth, "domain": "written", "rest": 0}


# ------------------------------------------------------------------ candidates
def dump(tool, model, documents, keep=None):
    """The candidates of documents with their truth: [(document, candidate, label or None)]."""
    by_id = {}
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", delete=False) as file:
        for document in documents:
            by_id[document["id"]] = {k: v for k, v in document.items() if k != "text"}
            file.write(json.dumps({"id": document["id"], "text": document["text"].encode("utf-8", "replace").decode()}) + "\n")
        name = file.name
    out = []
    try:
        run = subprocess.Popen([tool, "--model", model, name], stdout=subprocess.PIPE)
        for line in run.stdout:
            candidate = json.loads(line)
            document = by_id[candidate["id"]]
            out.append((document, candidate, truth_of(document, candidate)))
        if run.wait() != 0:
            sys.exit("%s failed" % tool)
    finally:
        os.unlink(name)
    return out


def truth_of(document, candidate):
    begin, end = candidate["begin"], candidate["end"]
    verdict = document["rest"]
    for from_, to, label in document["truth"]:
        common = min(end, to) - max(begin, from_)
        if common <= 0:
            continue
        if label == 1 and 2 * common >= to - from_ and end - begin <= 2 * (to - from_) + 8:
            return 1
        if label is None:
            return None
        if label == 1:
            verdict = None  # a part of a secret, or a secret with much around it
    return verdict


# How much each domain counts, all its rows together.
SHARES = {"made": 1.0, "written": 0.5, "creddata": 1.0, "tickets": 0.3, "real": 1.0}


def rows_of(candidates):
    """Rows for fit(), weighed so that domains count by SHARES, whatever their size."""
    known = [(d, c, y) for d, c, y in candidates if y is not None and c["class"] not in NEVER]
    sizes = collections.Counter(d["domain"].split("-")[0] for d, _, _ in known)
    positives = collections.Counter(d["domain"].split("-")[0] for d, _, y in known if y)
    rows = []
    for document, candidate, label in known:
        domain = document["domain"].split("-")[0]
        share = 10000 * SHARES[domain]
        if domain == "real":
            # The few secrets of real texts must not drown.
            weight = share / sizes[domain] * (1 if not label else min(30, 0.1 * sizes[domain] / positives[domain]))
        else:
            weight = share / sizes[domain]
        rows.append((tuple((i, v / 1024) for i, v in candidate["features"]), label, weight))
    return rows


def measure(weights, threshold, candidates):
    tp = fp = fn = unlabelled = 0
    for document, candidate, label in candidates:
        found = candidate["class"] not in NEVER and fit.log_odds(weights, [(i, v / 1024) for i, v in candidate["features"]]) >= threshold
        if label == 1:
            tp, fn = tp + found, fn + (not found)
        elif label == 0:
            fp += found
    precision, recall = tp / max(1, tp + fp), tp / max(1, tp + fn)
    return {"true": tp, "false": fp, "missed": fn, "precision": round(precision, 4), "recall": round(recall, 4),
            "f1": round(2 * precision * recall / max(1e-9, precision + recall), 4)}


# ------------------------------------------------------------------ the file
def write_model(path, cells, names, weights, thresholds, notes):
    with open(path, "w", encoding="ascii") as file:
        file.write("# Weights of the generic-secrets detector, in 1/1024 of the log odds. ./dev train writes this file.\n")
        for note in notes:
            file.write("# " + note + "\n")
        for name, weight in zip(names, weights):
            file.write("weight %s %d\n" % (name, round(weight * 1024)))
        for setting, value in thresholds.items():
            file.write("threshold %s %d\n" % (setting, round(value * 1024)))
        for at in range(0, len(cells), 81):
            file.write("letters " + cells[at:at + 81] + "\n")


def read_cells(path):
    with open(path, encoding="ascii") as file:
        return "".join(line[8:].rstrip("\n") for line in file if line.startswith("letters "))


def learn_letters(data):
    counted = letters.count_words((text for _, text in real_texts(data)), 4)
    for language, listed in words.LANGUAGES.items():
        # Real texts are English: the few words of the other languages stand for many.
        for word in listed:
            for part in letters.humps(word):
                counted[part.lower()] = counted.get(part.lower(), 0) + (3 if language == "en" else 15)
    for word in words.NAMES + words.PROGRAM:
        counted[word.lower()] = counted.get(word.lower(), 0) + 3
    return letters.cells(counted)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dump", required=True)
    parser.add_argument("--data", default=os.path.join(ROOT, "..", "shared"))
    parser.add_argument("--letters", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--made", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threshold", type=float, default=0.55)
    parser.add_argument("--out", default=MODEL)
    arguments = parser.parse_args()

    names = feature_names()
    signs = [SIGNS.get(name, 0) for name in names]
    unknown = set(SIGNS) - set(names)
    if unknown:
        sys.exit("no such features: %s" % ", ".join(sorted(unknown)))
    cells = learn_letters(arguments.data) if arguments.letters else read_cells(MODEL)
    with tempfile.NamedTemporaryFile("w", suffix=".txt", delete=False) as file:
        base = file.name
    write_model(base, cells, names, [0.0] * len(names), {}, [])
    try:
        candidates = dump(arguments.dump, base, made_documents(arguments.seed, arguments.made))
        candidates += dump(arguments.dump, base, written_documents(4))
        candidates += dump(arguments.dump, base, labelled_documents(arguments.data))
        candidates += dump(arguments.dump, base, real_documents(arguments.data))
    finally:
        os.unlink(base)
    domains = sorted({d["domain"] for d, _, _ in candidates})
    if "real-issues" not in domains or "tickets" not in domains:
        print("NOTE: without %s: made texts alone teach less" % os.path.join(arguments.data, "{eval,data}"), file=sys.stderr)
    counts = collections.Counter((d["domain"], y) for d, _, y in candidates)
    for domain in domains:
        print("%-20s %6d candidates, %5d secrets" % (domain, sum(n for (d, _), n in counts.items() if d == domain), counts[domain, 1]))

    def odds(probability):
        return math.log(probability / (1 - probability))

    threshold = odds(arguments.threshold)
    weights = fit.fit(rows_of(candidates), signs)
    for domain in domains:
        part = [c for c in candidates if c[0]["domain"] == domain]
        print("%-20s %s" % (domain, measure(weights, threshold, part)))
    if arguments.check:
        fresh = dump(arguments.dump, MODEL, made_documents(arguments.seed + 1000, 1500))
        print("%-20s %s" % ("made, other seed", measure(weights, threshold, fresh)))
        for left_out in domains:
            # The pages are of the projects that two of the labelled sets come from.
            related = {left_out} | ({"real-pages"} if left_out.startswith("creddata") else set())
            related |= {d for d in domains if d.startswith("creddata")} if left_out == "real-pages" else set()
            kept = [c for c in candidates if c[0]["domain"] not in related]
            part = [c for c in candidates if c[0]["domain"] == left_out]
            print("without %-12s %s" % (left_out, measure(fit.fit(rows_of(kept), signs), threshold, part)))
    notes = ["Learned from %d candidates (%d secrets): made texts, seed %d, and %s." %
             (len(candidates), sum(1 for _, _, y in candidates if y), arguments.seed, ", ".join(d for d in domains if d != "made"))]
    write_model(arguments.out, cells, names, weights, {s: odds(THRESHOLDS.get(s, arguments.threshold)) for s in SETTINGS}, notes)
    for name, weight in sorted(zip(names, weights), key=lambda x: -abs(x[1])):
        print("%8.3f  %s" % (weight, name))


if __name__ == "__main__":
    main()
