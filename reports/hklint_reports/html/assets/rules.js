// By rule: the template has drawn the rules; their verdicts are drawn when a rule is opened.

const GROUPS_AT_ONCE = 50;
const HOSTS_AT_ONCE = 60;
const drawnRules = new WeakMap();

function showRules(found) {
  let any = false;
  for (const details of at("rules").querySelectorAll(":scope > .rule")) {
    const counts = found.rules[details.dataset.rule];
    details.hidden = !counts.some(Boolean);
    any ||= !details.hidden;
    details.querySelector(".pills").replaceChildren(...pills(counts));
    if (details.open) fillRule(details, found);
  }
  at("rules-none").hidden = any;
}

/** Draws the verdicts of a rule, unless they are drawn already. */
function fillRule(details, found) {
  if (drawnRules.get(details) === found) return;
  drawnRules.set(details, found);
  const groups = ruleGroups(Number(details.dataset.rule), found);
  const list = groups.length ? growing(groups, GROUPS_AT_ONCE, drawGroup, "verdict")
    : [element("p", {}, "No verdict passes the filter.")];
  details.querySelector(".groups").replaceChildren(...list);
}

/** The verdicts of a rule that differ, each with its hosts, the worst first. */
function ruleGroups(rule, found) {
  const groups = new Map();
  for (const of of found.columns.filter((each) => each.rule === rule)) {
    for (let host = 0; host < HOSTS; host += 1) {
      if (found.named[host] && passes(found, of, host)) {
        const number = verdictAt(of, host);
        if (!groups.has(number)) groups.set(number, { number, of, hosts: [] });
        groups.get(number).hosts.push(host);
      }
    }
  }
  const status = (group) => data.verdicts[group.number][0];
  return [...groups.values()].sort((one, other) =>
    status(one) - status(other) || other.hosts.length - one.hosts.length);
}

function drawGroup({ number, of, hosts }) {
  const verdict = data.verdicts[number];
  const name = element("code", {}, text(of.name));
  const summary = [pill(verdict[0]), " ", ...badge(verdict), name, ` ${headOf(verdict)}`];
  if (HOSTS > 1) {
    const where = `on ${counted.format(hosts.length)} of ${counted.format(HOSTS)} hosts`;
    summary.push(" ", element("span", { class: "on" }, where));
  }
  const fill = () => [...(HOSTS > 1 ? drawHosts(hosts) : []), block(verdict)];
  return lazy({ class: "verdict", id: `v${number}` }, summary, fill);
}

function drawHosts(hosts) {
  const list = element("ul", { class: "on-hosts", "aria-label": "Hosts" });
  const draw = (some) => some.map((host) => element("li", {}, data.hosts.names[host]));
  list.append(...draw(hosts.slice(0, HOSTS_AT_ONCE)));
  if (hosts.length <= HOSTS_AT_ONCE) return [list];
  const more = element("button", { type: "button", class: "more" }, `Show all ${many(hosts.length, "host")}`);
  more.addEventListener("click", () => {
    list.append(...draw(hosts.slice(HOSTS_AT_ONCE)));
    more.remove();
  });
  return [list, more];
}
