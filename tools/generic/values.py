"""Made values: secrets of many styles, and what stands where a secret could."""
import base64
import string

import words

LOWER, UPPER, DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits
ALNUM = LOWER + UPPER + DIGITS
SIGNS = "!@#$%^&*-_+=?.~"
LEET = {"a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "t": "7"}
PLAIN = [w for w in words.ALL if w.isascii() and 4 <= len(w) <= 10]
STAND_INS = ("password secret token key pass passwd pwd apikey test testing admin user username login example sample "
             "demo dummy fake foo bar changeme default value string my your client access auth private public").split()


def chars(r, alphabet, low, high):
    return "".join(r.choice(alphabet) for _ in range(r.randint(low, high)))


def word(r):
    return r.choice(PLAIN)


def case(r, text):
    return r.choice([text.lower(), text.capitalize(), text.capitalize(), text.upper()])


# ------------------------------------------------------------------ secrets
def word_digits_sign(r):
    """What people make up: Winter2019!, Hydra#kaffee215$"""
    parts = [case(r, word(r))]
    if r.random() < 0.5:
        parts += [r.choice(["", "@", "#", "-", "_", "!", "$", "%", "."]), case(r, word(r))]
    digits = r.choice([str(r.randint(1950, 2026)), chars(r, DIGITS, 2, 4)])
    return "".join(parts) + digits + r.choice(["", "", "!", "$", "#", "?", "*", "!!", "."])


def leet(r):
    text = "".join(r.choice(LEET[c]) if c in LEET and r.random() < 0.6 else c for c in word(r) + word(r)[:r.randint(0, 5)])
    text = text[0].upper() + text[1:]
    return text + r.choice(["", chars(r, DIGITS, 2, 4), r.choice(SIGNS), chars(r, DIGITS, 2, 3) + "!"])


def name_number(r):
    return r.choice(words.NAMES) + r.choice(["", "_", "."]) + chars(r, DIGITS, 2, 4)


def mixed(r):
    text = chars(r, ALNUM + SIGNS, 8, 20)
    return text if any(c in SIGNS for c in text[1:-1]) else text[:4] + r.choice("!#%&*+?") + text[5:]


def short_random(r):
    return chars(r, LOWER, 1, 1) + chars(r, DIGITS, 1, 1) + chars(r, LOWER, 1, 3) + chars(r, DIGITS, 1, 2) + chars(r, LOWER + SIGNS, 1, 3)


def letters(r):
    """Random letters alone, as generators of pronounceless passwords give them."""
    return chars(r, LOWER, 7, 16)


def capital_letters(r):
    return chars(r, UPPER, 1, 1) + chars(r, LOWER, 6, 10)


def alnum(r):
    return chars(r, r.choice([ALNUM, LOWER + DIGITS, UPPER + DIGITS]), 8, 24)


def token(r):
    return chars(r, r.choice([ALNUM, ALNUM, LOWER + DIGITS, ALNUM + "-_"]), 20, 64).strip("-_") + r.choice(ALNUM)


def hexadecimal(r):
    return chars(r, "0123456789abcdef", 1, 1) + chars(r, "0123456789abcdef", *r.choice([(15, 15), (19, 19), (31, 31), (39, 39), (39, 39), (31, 31), (63, 63)]))


def base_64(r):
    return base64.b64encode(bytes(r.randrange(256) for _ in range(r.choice([12, 16, 20, 24, 32, 33, 48, 64])))).decode()


def base_32(r):
    return chars(r, UPPER + "234567", 16, 58)


def dashed(r):
    return "-".join(chars(r, r.choice([LOWER, LOWER + DIGITS, UPPER + DIGITS]), 4, 8) for _ in range(r.randint(3, 5)))


def prefixed(r):
    return chars(r, LOWER, 2, 4) + r.choice("_-") + chars(r, ALNUM, 16, 40)


def uuid(r):
    h = chars(r, "0123456789abcdef", 32, 32)
    return "-".join([h[:8], h[8:12], "4" + h[13:16], r.choice("89ab") + h[17:20], h[20:]])


def passphrase(r):
    parts = [word(r) for _ in range(r.randint(3, 5))]
    if r.random() < 0.5:
        parts = [p.capitalize() for p in parts]
    return r.choice("-._").join(parts) + r.choice(["", chars(r, DIGITS, 1, 3), "!"])


def digits(r):
    return chars(r, "123456789", 1, 1) + chars(r, DIGITS, 7, 15)


PASSWORDS = [(word_digits_sign, 8), (leet, 2), (name_number, 1), (mixed, 5), (short_random, 1), (letters, 3),
             (capital_letters, 1), (alnum, 4), (passphrase, 1), (token, 1), (hexadecimal, 1)]
TOKENS = [(token, 6), (hexadecimal, 5), (base_64, 3), (alnum, 2), (base_32, 1), (dashed, 1), (prefixed, 2), (uuid, 1), (letters, 1)]


def pick(r, table):
    return r.choices([f for f, _ in table], [w for _, w in table])[0](r)


# ------------------------------------------------------------------ what is no secret
def camel(r, parts):
    return parts[0] + "".join(p.capitalize() for p in parts[1:])


def some_name(r):
    parts = [r.choice(words.PROGRAM) for _ in range(r.randint(1, 3))]
    if r.random() < 0.6:
        parts.insert(r.randint(0, len(parts)), r.choice(["password", "token", "secret", "key", "credential", "auth"]))
    return r.choice([camel(r, parts), "_".join(parts), "_".join(parts).upper(), "-".join(parts), "".join(p.capitalize() for p in parts)])


def stand_in(r):
    parts = [r.choice(STAND_INS) for _ in range(r.randint(1, 3))]
    return r.choice(["", "_", "-"]).join(parts) + r.choice(["", "", "", "1", "123", "2", "!", "1234"])


def numbered_word(r):
    return r.choice(words.PROGRAM + words.ENGLISH[:200]) + str(r.randint(1, 9)) * r.choice([0, 1, 1])


def dotted(r):
    return ".".join([r.choice(words.PROGRAM) for _ in range(r.randint(1, 3))] + [some_name(r)])


def call(r):
    return some_name(r) + "(" + r.choice(["", some_name(r), '"' + some_name(r) + '"']) + ")"


def index(r):
    return r.choice(words.PROGRAM) + "[" + r.choice([some_name(r), "'" + some_name(r) + "'"]) + "]"


def variable(r):
    name = some_name(r)
    return r.choice(["${%s}", "$%s", "%%%s%%", "{{ %s }}", "<%s>", "[%s]", "@%s@", "process.env.%s", "${env.%s:}", "#{%s}", "$(%s)", "{%s}",
                     "%%(%s)s", ":%s", "os.environ['%s']", "${{ secrets.%s }}"]) % name


def masked(r):
    c = r.choice("*xX.#")
    return r.choice([c * r.randint(3, 16), chars(r, ALNUM, 2, 4) + "*" * r.randint(4, 10), chars(r, ALNUM, 4, 8) + "...", "y" * r.randint(4, 9), "xxxx-xxxx-xxxx"])


def literal(r):
    return r.choice("true false null none nil undefined yes no string required optional invalid expired 0 1 empty hidden text".split())


def number(r):
    return str(r.choice([r.randint(0, 99), r.randint(100, 99999), r.randint(10**9, 10**12)]))


def path(r):
    return r.choice(["/", "./", "~/", "C:\\", ""]) + "/".join(r.choice(words.PROGRAM) for _ in range(r.randint(2, 4))) + r.choice(["", ".pem", ".key", ".txt", ".json"])


def url(r):
    return r.choice(["https://", "http://"]) + r.choice(words.PROGRAM) + ".example.org/" + r.choice(words.PROGRAM)


def class_name(r):
    return ".".join(["org", r.choice(words.PROGRAM), r.choice(words.PROGRAM), "".join(w.capitalize() for w in r.sample(words.PROGRAM, 2))])


def description(r):
    return r.choice(["Your", "The", "User", "Client", "API", "Secret", "Storm", "Account", "Application", "Name of the", "Alias to"]) + " " + r.choice(
        ["API key", "access key", "password", "secret", "token", "key", "account password", "shared secret", "access token", "authentication token",
         "secret key for the service", "password (optional)", "key ID"])


def jira_key(r):
    return chars(r, UPPER, 2, 6) + "-" + str(r.randint(1, 29999))


def version(r):
    return "%d.%d.%d" % (r.randint(0, 9), r.randint(0, 20), r.randint(0, 30)) + r.choice(["", "-SNAPSHOT", ".GA", "-rc1"])


def slug(r):
    """Of four words it could be a password, with dashes at least."""
    joint, parts = r.choice("-_/:."), [r.choice(words.PROGRAM) for _ in range(r.randint(2, 4))]
    return joint.join(parts[:3] if joint == "-" else parts)


NOTHINGS = [(some_name, 6), (stand_in, 5), (numbered_word, 5), (dotted, 5), (call, 4), (index, 1), (variable, 3), (masked, 2), (literal, 3),
            (number, 3), (path, 2), (url, 1), (class_name, 2), (description, 3), (jira_key, 1), (version, 1), (slug, 3)]
