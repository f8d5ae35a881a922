"""Compares what a server reports with what the simulator planted and counted."""
import collections

# Where a finding of a ledger kind is reported.
LOCATIONS = {
    "summary": "SUMMARY", "description": "DESCRIPTION", "environment": "FIELD", "custom_field": "FIELD",
    "comment": "COMMENT", "worklog": "WORKLOG", "title": "TITLE", "page": "BODY", "blogpost": "BODY",
    "attachment_name": "ATTACHMENT", "attachment_comment": "ATTACHMENT", "attachment": "ATTACHMENT",
    "label": "FIELD", "link": "FIELD", "remote_link": "FIELD", "property": "FIELD", "version_message": "FIELD", "selection": "FIELD",
    "scope_description": "FIELD", "version": "FIELD", "component": "FIELD",
}
# Of what may be seen; what is hidden, archived or in the trash is not.
VISIBLE = ("current", "history", "draft")


def squeeze(text):
    """Line ends differ between what is stored and what is scanned."""
    return "".join(text.split())


def stands_for(finding, plant):
    secret, match = squeeze(plant["secret"]), squeeze(finding["matchText"])
    return finding["ruleName"] == plant["rule"] and (secret in match or match in secret and len(match) * 2 >= len(secret))


def same_place(finding, plant):
    item = finding.get("issueKey") or str(finding.get("contentId"))
    names = {plant["item"], str(plant.get("itemId"))}
    if str(plant.get("itemId")).startswith("scope:"):
        names.add(plant["scope"])  # a project's or space's own texts
    if item not in names:
        return False
    if plant["part"] == "history":
        return True  # a history value belongs to its field, wherever that is reported
    if plant["part"] == "attachment" and (finding["place"] != plant["place"] or finding["contentRef"] != plant["content"]):
        return False
    return finding["location"] == LOCATIONS[plant["part"]]


def holds_versions(finding, plant):
    """Page versions: the finding must stand in each version that the plant stands in."""
    if plant["part"] not in ("page", "blogpost", "title"):
        return True
    wanted = plant.get("versions") or [plant["version"]]
    have = set()
    for piece in filter(None, finding.get("versions", "").split(",")):
        first, _, last = piece.partition("-")
        have.update(range(int(first), int(last or first) + 1))
    return set(wanted) <= have


def check_plants(manifest, findings_of):
    """Problems, a line each: plants without a finding, plants reported more than once.

    findings_of(product, scope) gives the findings of a scope.
    """
    problems = []
    by_scope = collections.defaultdict(list)
    for plant in manifest:
        by_scope[plant["product"], plant["scope"]].append(plant)
    for (product, scope), plants in sorted(by_scope.items()):
        by_rule = collections.defaultdict(list)
        for finding in findings_of(product, scope):
            by_rule[finding["ruleName"]].append(finding)
        for plant in plants:
            where = f"{product} {scope} {plant['item']} {plant['part']} {plant.get('content')} v{plant.get('version')} {plant['rule']}"
            hits = [f for f in by_rule[plant["rule"]] if stands_for(f, plant) and same_place(f, plant)]
            if plant["part"] == "history":
                hits = [f for f in hits if f["historical"]] if not plant.get("current") else hits
            if not hits:
                problems.append("not found: " + where)
            elif not any(holds_versions(f, plant) for f in hits):
                problems.append(f"versions are wrong ({hits[0].get('versions')}): " + where)
            # The same text in another comment of the item is another finding; in the same content it is not.
            places = collections.Counter((f["location"], f.get("contentRef"), f["matchText"]) for f in hits)
            if any(n > 1 for n in places.values()):
                problems.append(f"reported {max(places.values())} times: " + where)
    return problems


def check_waiting(coverage_of_all):
    """Problems: attachments that nobody opened, or that a passing failure left unread."""
    problems = []
    for (product, scope), scan in sorted(coverage_of_all.items()):
        for cell in scan["coverage"]:
            if cell["kind"] == "attachment" and cell["reason"] in ("not_opened", "switched_off", "no_sandbox", "helper_died", "host_failed"):
                problems.append(f"{product} {scope}: {cell['parts']} attachments {cell['status']}: {cell['reason']}")
    return problems


def with_drafts(truth):
    """Counts of all that the account may see: the newer kinds, and its own drafts, which stand in no list of what is current."""
    sums = {"parts": collections.Counter(), "items": collections.Counter()}
    for counts in (truth, truth["drafts"]):
        for row in counts["parts"] + counts["more_parts"]:
            sums["parts"][row["product"], row["scope"], row["kind"]] += row["parts"]
        for row in counts["items"]:
            sums["items"][row["product"], row["scope"]] += row["items"]
    return {"parts": [dict(zip(("product", "scope", "kind"), key), parts=n) for key, n in sums["parts"].items()],
            "items": [dict(zip(("product", "scope"), key), items=n) for key, n in sums["items"].items()]}


def check_counts(counts, coverage_of):
    """Problems: kinds of which the ledger and the simulator count different numbers of parts.

    coverage_of(product, scope) gives the scan object of a scope.
    """
    problems = []
    expected = collections.defaultdict(dict)
    for row in counts["parts"]:
        if row["parts"]:
            expected[row["product"], row["scope"]][row["kind"]] = row["parts"]
    # What the simulator has none of it does not count: scope descriptions, attachment names, properties …
    counted = collections.defaultdict(set)
    for (product, _), kinds in expected.items():
        counted[product] |= set(kinds)
    for (product, scope), kinds in sorted(expected.items()):
        got = collections.Counter()
        for cell in coverage_of(product, scope)["coverage"]:
            got[cell["kind"]] += cell["parts"]
        for kind in sorted(set(kinds) | set(got) & counted[product]):
            if kinds.get(kind, 0) != got[kind]:
                problems.append(f"{product} {scope}: {got[kind]} {kind} parts in the ledger, the simulator has {kinds.get(kind, 0)}")
    for row in counts["items"]:
        got = coverage_of(row["product"], row["scope"]).get("items")
        if got != row["items"]:
            problems.append(f"{row['product']} {row['scope']}: {got} items, the simulator has {row['items']}")
    return problems
