// What the reader chose to see: it stands in the address, so that it can be sent to others.

const VIEWS = ["rules", "hosts", "matrix"];
const form = at("filter");
const choice = { view: "rules", cell: "" };

const boxes = (name) => [...form.elements].filter((field) => field.name === name);
const chosen = (name) => boxes(name).filter((box) => box.checked).map((box) => box.value);
const field = (name) => form.elements.namedItem(name);

/** The choice as it stands in the address; what is left as it was is left out. */
function address() {
  const found = new URLSearchParams();
  if (choice.view !== VIEWS[0]) found.set("view", choice.view);
  for (const name of ["outcome", "severity"]) {
    if (chosen(name).length < boxes(name).length) found.set(name, chosen(name).join(","));
  }
  for (const name of ["host", "rule", "policy"]) {
    if (field(name).value) found.set(name, field(name).value);
  }
  if (choice.cell) found.set("cell", choice.cell);
  return String(found).replaceAll("%2C", ",");
}

/** Takes the choice from an address. */
function choose(words) {
  const found = new URLSearchParams(words);
  choice.view = VIEWS.includes(found.get("view")) ? found.get("view") : VIEWS[0];
  choice.cell = found.get("cell") || "";
  for (const name of ["outcome", "severity"]) {
    const wanted = found.has(name) ? found.get(name).split(",") : null;
    for (const box of boxes(name)) box.checked = !wanted || wanted.includes(box.value);
  }
  for (const name of ["host", "rule", "policy"]) field(name).value = found.get(name) || "";
}

function remember() {
  const words = address();
  history.replaceState(null, "", words ? `#${words}` : location.href.split("#")[0]);
}

/** What the filter lets through: of every rule and host how many verdicts of each status. */
function matches() {
  const wanted = new Uint8Array(256);
  for (const key of chosen("outcome")) wanted[statusOf.get(key)] = 1;
  const severities = chosen("severity").map((word) => data.severities.indexOf(word));
  const host = field("host").value.trim().toLowerCase();
  const rule = field("rule").value.trim().toLowerCase();
  const policy = field("policy").value;
  const named = Uint8Array.from(HOST_NAMES, (name) => name.includes(host));
  const columns = COLUMNS.filter((of) => severities.includes(of.severity) && of.words.includes(rule)
    && (!policy || text(data.rules[of.rule].policy) === policy));
  const found = {
    wanted,
    named,
    columns: [],
    rules: data.rules.map(() => new Uint32Array(NOT_REACHED)),
    hosts: new Uint32Array(HOSTS * NOT_REACHED),
    verdicts: 0,
  };
  for (const of of columns) {
    const before = found.verdicts;
    count(of, found);
    if (found.verdicts > before) found.columns.push(of);
  }
  return found;
}

function count(of, found) {
  const counts = found.rules[of.rule];
  for (let host = 0; host < HOSTS; host += 1) {
    const status = of.statuses[of.cells[host]];
    if (found.wanted[status] && found.named[host]) {
      counts[status] += 1;
      found.hosts[host * NOT_REACHED + status] += 1;
      found.verdicts += 1;
    }
  }
}

/** Whether the filter lets a verdict through. */
const passes = (found, of, host) => found.wanted[statusAt(of, host)] === 1;

/** The hosts with a verdict that the filter lets through, and those not reached, worst first. */
function matchingHosts(found) {
  const hosts = [];
  for (let host = 0; host < HOSTS; host += 1) {
    const start = host * NOT_REACHED;
    const missing = data.hosts.failures[host] >= 0 && found.wanted[NOT_REACHED];
    if (found.named[host] && (missing || found.hosts.subarray(start, start + NOT_REACHED).some(Boolean))) {
      hosts.push(host);
    }
  }
  return hosts;
}
