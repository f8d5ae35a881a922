"""Where each planted secret is: a token no two places share, and the location that a finding must name."""
import hashlib
import os

RULE = '''provider = "Test"
source = "https://example.org/tokens"
[[rule]]
id = 990001
name = "TEST_TOKEN"
title = "A token of this test"
category = "token"
severity = "high"
pattern = \'\'\'(SGT_[0-9a-f]{16})(?![0-9a-f])\'\'\'
anchors = ["SGT_"]
examples = ["SGT_{{hex:16}}"]
'''


class Planter:
    def __init__(self, folder):
        self.folder = folder
        self.plants = []  # (file, token, location or None: a local text file has none)

    def token(self, file, location):
        """A new token that stands in this file at this location; a list: at any of them."""
        digits = hashlib.sha256(f"{file}|{location}|{len(self.plants)}".encode()).hexdigest()[:16]
        token = "SGT_" + digits
        self.plants.append((file, token, location))
        return token

    def write(self, file, data):
        path = os.path.join(self.folder, file)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(data if isinstance(data, bytes) else data.encode())
