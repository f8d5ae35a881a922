"""Libraries in Python over the files of a folder: read first, then scanned one after the other.

python_engine.py detect-secrets|betterleaks FOLDER; prints bytes, processor seconds and findings.
"""
import json
import os
import sys
import time


def texts(folder):
    for base, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            with open(os.path.join(base, name), encoding="utf-8", errors="replace") as file:
                yield file.read()


def detect_secrets(documents):
    from detect_secrets.core.scan import scan_line
    from detect_secrets.settings import default_settings
    with default_settings():
        return sum(1 for text in documents for line in text.splitlines() for _ in scan_line(line))


def betterleaks(documents):
    import pybetterleaks
    return sum(len(pybetterleaks.scan_text(text).findings) for text in documents)


def main():
    documents = list(texts(sys.argv[2]))
    work = {"detect-secrets": detect_secrets, "betterleaks": betterleaks}[sys.argv[1]]
    work(documents[:1])  # what is loaded at the first use does not count
    start = time.process_time()
    findings = work(documents)
    seconds = time.process_time() - start
    print(json.dumps({"bytes": sum(len(t.encode()) for t in documents), "seconds": seconds, "findings": findings}))


if __name__ == "__main__":
    main()
