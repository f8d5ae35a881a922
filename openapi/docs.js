// Shows openapi.json: every operation with its parameters, bodies and answers. All text goes in as text.
"use strict";

function element(name, text, parent) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (parent) parent.append(made);
  return made;
}

// What a $ref stands for, with those inside it, to a depth that stays readable.
function resolved(api, value, depth) {
  if (Array.isArray(value)) return value.map((item) => resolved(api, item, depth));
  if (value === null || typeof value !== "object") return value;
  if (typeof value.$ref === "string") {
    if (depth === 0) return value.$ref.split("/").pop();
    const target = value.$ref.slice(2).split("/").reduce((at, step) => at[step], api);
    return resolved(api, target, depth - 1);
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(api, inner, depth)]));
}

function showParameters(api, list, parent) {
  if (list.length === 0) return;
  const table = element("table", undefined, parent);
  for (const parameter of list.map((one) => resolved(api, one, 2))) {
    const row = element("tr", undefined, table);
    element("code", parameter.name, element("td", undefined, row));
    element("td", parameter.in + (parameter.required ? ", required" : ""), row);
    const type = parameter.schema.type || (parameter.schema.enum || []).join(" | ");
    element("td", type, row);
    element("td", parameter.description || "", row);
  }
}

function showContent(api, title, content, parent) {
  for (const [type, body] of Object.entries(content || {})) {
    element("p", title + " " + type, parent);
    if (body.schema) element("pre", JSON.stringify(resolved(api, body.schema, 2), null, 2), parent);
  }
}

function showOperation(api, path, method, operation, shared, parent) {
  const details = element("details", undefined, parent);
  const summary = element("summary", undefined, details);
  const name = element("span", method.toUpperCase(), summary);
  name.className = "method";
  element("code", path, summary);
  element("span", "  " + operation.summary, summary);
  details.dataset.words = (method + " " + path + " " + operation.summary).toLowerCase();
  details.addEventListener("toggle", () => {
    if (!details.open || details.children.length > 1) return;
    if (operation.description) element("p", operation.description, details);
    showParameters(api, [...shared, ...(operation.parameters || [])], details);
    if (operation.requestBody) showContent(api, "Body:", resolved(api, operation.requestBody, 1).content, details);
    for (const [status, answer] of Object.entries(operation.responses)) {
      const shown = resolved(api, answer, 1);
      element("p", status + ": " + shown.description, details);
      showContent(api, "Answer:", shown.content, details);
    }
  });
}

async function show() {
  const api = await (await fetch("openapi.json")).json();
  document.getElementById("title").textContent = api.info.title;
  document.getElementById("about").textContent = api.info.description;
  const list = document.getElementById("list");
  for (const tag of api.tags) {
    const section = element("section", undefined, list);
    element("h2", tag.name, section);
    element("p", tag.description, section);
    for (const [path, item] of Object.entries(api.paths)) {
      for (const method of ["get", "post", "put", "delete"]) {
        if (item[method] && item[method].tags.includes(tag.name)) {
          showOperation(api, path, method, item[method], item.parameters || [], section);
        }
      }
    }
  }
  document.getElementById("find").addEventListener("input", (event) => {
    const word = event.target.value.toLowerCase();
    for (const details of list.querySelectorAll("details")) details.hidden = !details.dataset.words.includes(word);
  });
}

show().catch((error) => { document.getElementById("about").textContent = "openapi.json can not be shown: " + error.message; });
