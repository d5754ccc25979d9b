// What happens: choices are made, views shown, addresses followed.

const THEMES = ["as the system", "light", "dark"];
const shows = { rules: showRules, hosts: showHosts, matrix: showMatrix };
const stale = new Set(VIEWS);
let found = matches();

/** Shows the chosen view with what the filter lets through. */
function show() {
  for (const view of VIEWS) at(view).hidden = view !== choice.view;
  for (const link of form.querySelectorAll(".views a")) {
    if (link.hash === `#${choice.view}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  if (stale.delete(choice.view)) shows[choice.view](found);
}

function filterAgain() {
  found = matches();
  for (const view of VIEWS) stale.add(view);
  const rules = found.rules.filter((counts) => counts.some(Boolean)).length;
  const hosts = matchingHosts(found);
  const missing = hosts.filter((host) => data.hosts.failures[host] >= 0).length;
  const judged = `${many(found.verdicts, "verdict")} of ${many(rules, "rule")}`
    + ` on ${many(hosts.length - missing, "host")}`;
  at("matches").textContent = missing ? `${judged}; ${many(missing, "host")} not reached.` : `${judged}.`;
  show();
}

/** Goes where the address says: to a choice, or to a place of the page. */
function follow() {
  const words = location.hash.slice(1);
  if (!words || words.includes("=")) {
    choose(words);
    filterAgain();
    if (choice.cell) openCell(choice.cell);
    else dialog.close();
    return;
  }
  dialog.close();
  const verdict = /^v(\d+)$/.exec(words);
  const target = verdict ? drawnVerdict(Number(verdict[1])) : at(words);
  if (VIEWS.includes(words)) {
    choice.view = words;
    show();
    remember();
  }
  if (target) reveal(target);
}

/** The element of a verdict in the view by rule, drawn for this. */
function drawnVerdict(number) {
  const of = COLUMNS.findLast((each) => each.first <= number);
  const rule = of && at("rules").querySelector(`:scope > .rule[data-rule="${of.rule}"]`);
  if (!rule) return null;
  fillRule(rule, found);
  return at(`v${number}`);
}

function reveal(target) {
  const view = target.closest(".view");
  if (view && view.id !== choice.view) {
    choice.view = view.id;
    show();
  }
  let details = target.closest("details");
  while (details) {
    details.hidden = false;
    details.open = true;
    details = details.parentNode.closest("details");
  }
  target.scrollIntoView();
  if (target.matches("details")) target.querySelector("summary").focus({ preventScroll: true });
}

let waiting = 0;
form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => { filterAgain(); remember(); }, 120);
});
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(() => { filterAgain(); remember(); }));
at("rules").addEventListener("toggle", (event) => {
  if (event.target.matches(".rule") && event.target.open) fillRule(event.target, found);
}, true);
at("verdict-close").addEventListener("click", () => dialog.close());
dialog.addEventListener("close", () => {
  choice.cell = "";
  if (location.hash.includes("cell=")) remember();
});
at("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const next = THEMES[(THEMES.indexOf(root.dataset.theme || THEMES[0]) + 1) % THEMES.length];
  if (next === THEMES[0]) delete root.dataset.theme;
  else root.dataset.theme = next;
  at("theme").textContent = `Theme: ${next}`;
});
addEventListener("hashchange", follow);

document.documentElement.dataset.script = "";
field("policy").closest("label").hidden = field("policy").options.length < 3;
if (location.hash && !location.hash.includes("=")) filterAgain();
follow();
