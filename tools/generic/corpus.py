"""Made texts with secrets and with what looks like them, for training the generic detector."""
import base64
import random

import values
import words

SERVICES = ("acme billing crm erp jenkins nexus sonar gitlab mysql postgres oracle mongo redis rabbit kafka ldap smtp imap ftp sftp "
            "vpn wifi router printer backup monitoring grafana kibana payroll portal shop intranet wiki jira fileshare proxy dns s3 azure").split()
PREFIXES = ("db database user admin root api app service client smtp mail ftp ldap proxy keystore truststore ssl jdbc spring.datasource mysql "
            "postgres redis rabbitmq mongo oracle jenkins github gitlab slack aws azure consumer account login bind my config").split()
PASSWORD_WORDS = {
    "en": ["password", "passwd", "pwd", "pw", "pass", "passphrase"], "de": ["Passwort", "Kennwort", "PW"],
    "fr": ["mot de passe", "mdp"], "es": ["contraseña", "clave"], "pt": ["senha", "palavra-passe"]}
TOKEN_WORDS = ["token", "secret", "api key", "access token", "client secret", "secret key", "access key", "auth token"]
SENTENCES = {
    "en": ["the {k} is {v}", "{k} for {s} is {v}", "{k} was changed to {v}", "please use {k} {v}", "The {s} {k} is now {v}, thanks",
           "you can log in with {u} and {k} {v}", "{u} / {v}", "I reset the {k} to {v}"],
    "de": ["das {k} ist {v}", "{k} lautet {v}", "{k} für {s}: {v}", "das neue {k} lautet {v}", "Zugang: {u} / {v}"],
    "fr": ["le {k} est {v}", "{k} pour {s} : {v}", "le nouveau {k} est {v}"],
    "es": ["la {k} es {v}", "{k} para {s}: {v}", "la nueva {k} es {v}"],
    "pt": ["a {k} é {v}", "{k} do {s}: {v}", "a nova {k} é {v}"]}
# Sentences with the words, and nothing in them.
IDLE = {
    "en": ["the password is incorrect", "password must contain 8 characters", "the password is not accepted when empty", "Invalid token: unexpected end of input",
           "the secret is that nobody reads this", "password: required field", "the token is expired", "user forgot the password and clicked reset",
           "the key is missing in the map", "token is null after login", "password is stored in the vault", "Password reset does not work",
           "the api key is used for all requests", "unexpected token: {n}", "enter password for user {u}", "token was refreshed by the client",
           "the password is the same as before", "auth: basic", "key: {n}", "password field shows {n}", "login/password dialog", "user/password combination"],
    "de": ["das Passwort ist falsch", "Passwort: bitte ändern", "das Kennwort ist abgelaufen", "Passwort vergessen", "das Passwort ist leer", "Passwort lautet anders"],
    "fr": ["le mot de passe est incorrect", "mot de passe oublié", "mot de passe : obligatoire", "le mot de passe est vide"],
    "es": ["la contraseña es incorrecta", "contraseña olvidada", "la clave es obligatoria", "la contraseña es demasiado corta"],
    "pt": ["a senha é inválida", "esqueci a senha", "a senha é obrigatória", "a senha é muito curta"]}


class Text:
    """Text that grows, with the places of what was planted in it."""

    def __init__(self, ident):
        self.ident, self.parts, self.size, self.truth = ident, [], 0, []

    def add(self, text):
        self.parts.append(text)
        self.size += len(text.encode())

    def plant(self, value, label):
        begin = self.size
        self.add(value)
        self.truth.append((begin, self.size, label))

    def line(self, template, value, label, **names):
        before, after = template.split("{v}")
        self.add(before.format(**names) if names else before)
        self.plant(value, label)
        self.add((after.format(**names) if names else after) + "\n")

    def record(self):
        return {"id": self.ident, "text": "".join(self.parts), "truth": self.truth}


def prose(r):
    return " ".join(r.choice(words.ENGLISH) for _ in range(r.randint(4, 14))).capitalize() + r.choice([".", ":", ""])


def key_name(r, of_token):
    """A key as programs write it, and the words in it."""
    parts = [] if r.random() < 0.25 else [r.choice(PREFIXES + SERVICES)]
    if of_token:
        parts += r.choice(["token", "secret", "api key", "apikey", "access token", "auth token", "client secret", "secret key", "access key", "key auth", "consumer key",
                           "application secret", "private key", "encryption key", "signing secret", "oauth token", "refresh token", "bearer token"]).split()
    else:
        parts += [r.choice(["password", "password", "password", "passwd", "pwd", "pass", "passphrase"])]
    flat = [p for w in parts for p in w.split(".")]
    return r.choice([values.camel(r, flat), "_".join(flat).upper(), "_".join(flat).upper(), "_".join(flat), ".".join(parts).replace(" ", "-"), "-".join(flat),
                     "".join(p.capitalize() for p in flat)])


SETTINGS = [
    "{k}={v}", "{k} = {v}", "export {k}={v}", "{k}: {v}", "  {k}: \"{v}\"", "{k} = \"{v}\"", "{k}='{v}'", "set {k}={v}", "-D{k}={v}", "{k}={v} \\",
    "const {k} = \"{v}\";", "var {k} = '{v}'", "private static final String {k} = \"{v}\";", "{k} := \"{v}\"", "    {k}:    \"{v}\",", "config.{k} = \"{v}\"",
    "  \"{k}\": \"{v}\",", "{{\"user\":\"x1\",\"{k}\":\"{v}\",\"id\":3}}", "<{k}>{v}</{k}>", "<property name=\"{k}\" value=\"{v}\"/>",
    "<add key=\"{k}\" value=\"{v}\" />", "<bean {k}=\"{v}\">", "  - {k}: '{v}'", "2023-04-11 10:22:31,004 DEBUG [main] c.a.Config - {k}={v}",
    "|{k}|{v}|", "props.put(\"{k}\", \"{v}\");", "https://host/api?user=a&{k}={v}&x=1", "{k}=>'{v}',", "env {k} {v}", "--{k} {v}", "--{k}={v}", "--set {k}={v}"]
PASSWORD_ONLY = ["mysql -u root -p{v} crm", "curl -u admin:{v} https://host/api", "ds.setPassword(\"{v}\");", "login(\"jdoe\", \"{v}\")",
                 "CREATE USER app IDENTIFIED BY '{v}';", "user: {u} / pass: {v}", "user: {u}, pw: {v}", "login: {u}\npassword: {v}", "credentials: {u}/{v}", "{u}:{v} (admin login)",
                 "sshpass -p {v} ssh host", "root pw: {v}", "pwd is {v}", "||User||Password||\n|{u}|{v}|", "| user | password |\n|---|---|\n| {u} | {v} |",
                 "||name||password||\n|{u}|{v}|", "{{user: {u}, password: {v}}}", "Username: {u}\nPassword: {v}", "Password for {u} is: {v}", "*Password*: {v}", "- pw: {v}"]


def quoted(template):
    at = template.index("{v}")
    return at > 0 and template[at - 1] in "\"'"


def fits(template, value):
    """Whether the value can stand there as the writer meant it."""
    if quoted(template):
        return not any(c in value for c in "\"'\n\\")
    if "<" in template or template.startswith("|") or "|" in template:
        return not any(c in value for c in "|<>&\n")
    return not any(c in value for c in " \n\t\"'`") and not ("&" in template and any(c in value for c in "&#?"))


def secret_item(r, text):
    of_token = r.random() < 0.45
    for _ in range(20):
        value = values.pick(r, values.TOKENS if of_token else values.PASSWORDS)
        if not of_token and r.random() < 0.35:
            template = r.choice(PASSWORD_ONLY)
            if fits(template, value):
                return text.line(template, value, 1, u=r.choice(words.NAMES + ["admin", "root", "svc_app", "jenkins"]))
            continue
        template = r.choice(SETTINGS)
        if fits(template, value):
            return text.line(template, value, 1, k=key_name(r, of_token))


def sentence_item(r, text):
    language = r.choice(list(words.LANGUAGES))
    of_token = language == "en" and r.random() < 0.25
    # In prose people quote what they type: words with digits and signs, or random.
    value = values.pick(r, values.TOKENS if of_token else [p for p in values.PASSWORDS if p[0] not in (values.letters, values.capital_letters)])
    key = r.choice(TOKEN_WORDS if of_token else PASSWORD_WORDS[language])
    if any(c in value for c in " \"'") or value[-1] in ".,!?":
        value = value.strip(" .,!?\"'") + "7"
    text.line(r.choice(SENTENCES[language]), value, 1, k=key, s=r.choice(SERVICES), u=r.choice(words.NAMES + ["admin"]))


def nothing_item(r, text):
    of_token = r.random() < 0.5
    for _ in range(20):
        value = values.pick(r, values.NOTHINGS)
        if not of_token and r.random() < 0.25:
            template = r.choice(PASSWORD_ONLY)
            if fits(template, value):
                return text.line(template, value, 0, u=r.choice(words.NAMES + ["admin", "user"]))
            continue
        template = r.choice(SETTINGS)
        code = value.endswith((")", "]")) or "." in value and " " not in value
        if (code and not quoted(template)) or fits(template, value):
            return text.line(template, value, 0, k=key_name(r, of_token))


def other_key_item(r, text):
    """Random values under keys that are no secrets."""
    key = r.choice(["commit", "revision", "sha1", "md5", "etag", "checksum", "requestId", "keyId", "key_id", "tokenId", "secretName", "publicKey", "public_key", "password_hash",
                    "passwordHash", "tokenUrl", "primaryKey", "cacheKey", "sortKey", "fingerprint", "keyFingerprint", "sessionCount", "nextPageToken", "csrfTokenName",
                    "passwordLength", "keyAlias", "authId", "AUTH_ID", "secretVersion", "key hash", "public key", "authFQDN", "credentialId", "API_USER", "authorId"])
    value = values.pick(r, [(values.hexadecimal, 4), (values.uuid, 3), (values.token, 2), (values.digits, 1), (values.base_64, 1), (values.dotted, 1)])
    text.line(r.choice(["{k}={v}", "{k}: {v}", "\"{k}\": \"{v}\",", "{k} {v}", "{k} = \"{v}\""]), value, 0, k=key)


def idle_item(r, text):
    language = r.choice(list(IDLE))
    text.add(r.choice(IDLE[language]).format(n=r.choice([values.some_name(r), values.numbered_word(r), r.choice(words.ENGLISH)]), u=r.choice(words.NAMES)) + "\n")


def trace_item(r, text):
    text.add("\tat %s.%s(%s.java:%d)\n" % (values.class_name(r), r.choice(["login", "getPassword", "parseToken", "authenticate"]), r.choice(["TokenReader", "PasswordEncoder", "Auth"]), r.randint(1, 900)))


def basic_item(r, text):
    pair = r.choice(words.NAMES) + ":" + values.pick(r, values.PASSWORDS)
    text.line(r.choice(["Authorization: Basic {v}", "if auth != \"Basic {v}\" {{", "assert.Equal(t, \"Basic {v}\", header)", "-H 'Authorization: Basic {v}'"]),
              base64.b64encode(pair.encode()).decode(), 1, k="")


ITEMS = [(secret_item, 34), (sentence_item, 14), (nothing_item, 40), (other_key_item, 10), (idle_item, 12), (trace_item, 3), (basic_item, 2)]


def made_texts(seed, count):
    r = random.Random(seed)
    for number in range(count):
        text = Text("made-%d" % number)
        for _ in range(r.randint(1, 5)):
            if r.random() < 0.6:
                text.add(prose(r) + "\n")
            r.choices([f for f, _ in ITEMS], [w for _, w in ITEMS])[0](r, text)
        yield text.record()
