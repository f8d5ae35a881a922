"""Who may do what: the one table that the tests hold against the server (docs/api.md tells it in words).

Needs: what a call takes. Roles: who calls, in the first scope of a site. The answer of a need for a role is a status.
"""
# method, path with the placeholders of the documented pages, need
DOCUMENTED = {
    "jira": {
        ("GET", "/project/{key}"): "scope",
        ("GET", "/issue/{key}"): "item",
        ("POST", "/scan/all"): "manage",
        ("POST", "/scan/project"): "scope",
        ("POST", "/scan/issue"): "item",
        ("GET", "/rules"): "manage",
        ("PUT", "/rules/built-in/{name}"): "manage",
        ("POST", "/review/project/{key}/create"): "review",
        ("POST", "/review/space/{key}/delete"): "review",
        ("DELETE", "/review/project/{key}"): "scope",
        ("GET", "/export/project/{key}/findings"): "scope",
        ("GET", "/export/reviewed/findings"): "any scope",
        ("GET", "/settings"): "manage",
        ("PUT", "/settings"): "manage",
        ("GET", "/settings/entity-permissions"): "manage",
        ("PUT", "/settings/entity-permissions"): "manage",
    },
    "confluence": {
        ("GET", "/scan/space/{key}"): "scope",
        ("GET", "/scan/content/{id}"): "item",
        ("POST", "/scan/all"): "manage",
        ("POST", "/scan/space"): "scope",
        ("POST", "/scan/content"): "item",
        ("POST", "/scan/content/version"): "item",
        ("DELETE", "/scan-queue/clear"): "manage",
        ("GET", "/rules"): "manage",
        ("PUT", "/rules/built-in/{name}"): "manage",
        ("POST", "/rules/custom"): "manage",
        ("DELETE", "/rules/custom/{rule-ID}"): "manage",
        ("POST", "/review/space/{key}/create"): "review",
        ("POST", "/review/space/{key}/delete"): "review",
        ("DELETE", "/review/space/{key}"): "scope",
        ("GET", "/export/space/{key}/findings"): "scope",
        ("GET", "/export/findings"): "any scope",
        ("GET", "/export/reviewed/space/{key}/findings"): "scope",
        ("GET", "/export/reviewed/findings"): "any scope",
        ("GET", "/export/attachments/space/{key}"): "scope",
        ("GET", "/export/attachments"): "any scope",
        ("POST", "/global-reviewed/create"): "manage",
        ("POST", "/global-reviewed/delete"): "manage",
        ("DELETE", "/global-reviewed"): "manage",
        ("GET", "/settings"): "manage",
        ("PUT", "/settings"): "manage",
        ("GET", "/settings/entity-permissions"): "manage",
        ("PUT", "/settings/entity-permissions"): "manage",
    },
}

# What the pages do not tell, served on both products unless a word of one stands in the path.
MORE = {
    ("GET", "/scan/{scope-word}/{key}"): "scope",
    ("GET", "/scan/{item-word}/{item}"): "item",
    ("GET", "/scan/all"): "own",
    ("POST", "/scan/{item-word}/version"): "item",
    ("GET", "/scan-queue"): "manage",
    ("DELETE", "/scan-queue/clear"): "manage",
    ("GET", "/rules"): "manage",
    ("POST", "/rules/test"): "manage",
    ("POST", "/rules/custom"): "manage",
    ("GET", "/review/space/{key}"): "scope",
    ("GET", "/review/project/{key}"): "scope",
    ("POST", "/review/space/{key}/create"): "review",
    ("POST", "/review/project/{key}/create"): "review",
    ("POST", "/review/project/{key}/delete"): "review",
    ("DELETE", "/review/space/{key}"): "scope",
    ("GET", "/global-reviewed"): "manage",
    ("POST", "/global-reviewed/create"): "manage",
    ("POST", "/global-reviewed/delete"): "manage",
    ("DELETE", "/global-reviewed"): "manage",
    ("GET", "/export/{scope-word}/{key}/findings"): "scope",
    ("GET", "/export/space/{key}/findings"): "scope",
    ("GET", "/export/findings"): "any scope",
    ("GET", "/export/reviewed/space/{key}/findings"): "scope",
    ("GET", "/export/attachments/space/{key}"): "scope",
    ("GET", "/export/overview"): "any scope",
    ("GET", "/coverage"): "own",
    ("GET", "/coverage/{scope-word}/{key}"): "scope",
    ("GET", "/audit"): "product",
    ("GET", "/session"): "own",
}

# Roles of a simulator's user in a scope: "product" administrators, administrators of the "scope", "explicit" access with
# the scope visible, "editor", "reader", "stranger" who can not see the scope, "unseen explicit": listed, scope not visible.
MAY = {
    "product": {"product"},
    "manage": {"product", "explicit", "unseen explicit"},
    "scope": {"product", "scope", "explicit"},
    "item": {"product", "scope", "explicit"},
    "review": {"product", "scope", "explicit"},  # and editors on Confluence
}


def status_for(product, need, role, has_any_scope):
    """The status of a call that is right in all else."""
    if need == "own":
        return 200
    if need == "any scope":
        return 200 if has_any_scope or role == "product" else 403
    if role in MAY[need] or (need == "review" and role == "editor" and product == "confluence"):
        return 200
    # What somebody can not see does not exist for them.
    return 404 if need in ("scope", "item", "review") and role in ("stranger", "unseen explicit") else 403
