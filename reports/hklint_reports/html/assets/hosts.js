// By host: a list that grows; what a host has is drawn when it is opened.

const HOSTS_LISTED = 100;

function showHosts(found) {
  const hosts = matchingHosts(found);
  at("hosts-none").hidden = hosts.length > 0;
  at("host-list").replaceChildren(
    ...growing(hosts, HOSTS_LISTED, (host) => drawHost(host, found), "host"));
}

function drawHost(host, found) {
  const missing = data.hosts.failures[host] >= 0;
  const counts = missing ? [pill(NOT_REACHED)] : pills(found.hosts, host * NOT_REACHED);
  return lazy({ class: "host" }, [
    element("h4", {}, data.hosts.names[host]), " ",
    element("span", { class: "about" }, text(data.hosts.windows[host])), " ",
    element("span", { class: "pills" }, ...counts),
  ], () => [element("div", { class: "body" }, ...hostBody(host, found))]);
}

function hostBody(host, found) {
  const { targets, asked, recorded, failures, diagnoses } = data.hosts;
  let about = targets[host];
  if (text(asked[host])) about += `, asked as ${text(asked[host])}`;
  if (text(recorded[host])) about += `, by facts recorded ${text(recorded[host])}`;
  const entries = found.columns
    .filter((of) => passes(found, of, host))
    .sort((one, other) => statusAt(one, host) - statusAt(other, host))
    .map((of) => element("li", {}, drawEntry(of, host)));
  return [
    element("p", { class: "about" }, about),
    ...(failures[host] >= 0 ? [headed(data.failures[failures[host]])] : []),
    ...diagnoses[host].map((cause) => headed(data.diagnoses[cause])),
    ...protocols(host),
    ...(entries.length ? [element("ul", { class: "entries" }, ...entries)] : []),
  ];
}

function drawEntry(of, host) {
  const verdict = data.verdicts[verdictAt(of, host)];
  const name = element("code", {}, text(of.name));
  const summary = [pill(verdict[0]), " ", ...badge(verdict), name, ` ${text(of.title)}`];
  return lazy({ class: "verdict" }, summary, () => drawVerdict(of, verdict));
}

/** A verdict where its rule is not around it. */
function drawVerdict(of, verdict) {
  const { links } = data.rules[of.rule];
  return [element("p", { class: "head" }, headOf(verdict)), block(verdict), ...references(links)];
}
