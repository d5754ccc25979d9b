// Elements as the templates draw them. Texts only ever become text nodes.

const counted = new Intl.NumberFormat("en-US");

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const many = (number, noun) => `${counted.format(number)} ${noun}${number === 1 ? "" : "s"}`;

function pill(status, number) {
  const { key, word, sign } = STATUSES[status];
  const shown = number === undefined ? ` ${word}` : ` ${counted.format(number)} ${word}`;
  return element("span", { class: `pill ${key}` }, element("span", { "aria-hidden": "true" }, sign), shown);
}

/** What a block says in a line. */
const headOf = (it) => text(it[1], it[8]);

/** Where a verdict stands against the baseline, if there is one. */
function badge(verdict) {
  const word = text(verdict[2]);
  return word ? [element("span", { class: `badge ${word}` }, word), " "] : [];
}

/** Pills of counts that begin at a place of an array, one for each status of verdicts. */
function pills(counts, start = 0) {
  const found = [];
  for (let status = 0; status < NOT_REACHED; status += 1) {
    if (counts[start + status]) found.push(pill(status, counts[start + status]), " ");
  }
  return found;
}

/** Details that are filled when they are first opened. */
function lazy(attributes, summary, fill) {
  const made = element("details", attributes, element("summary", {}, ...summary));
  made.addEventListener("toggle", () => made.append(...fill()), { once: true });
  return made;
}

function cell(name, attributes, ...children) {
  return element(name, name === "th" ? { scope: "row", ...attributes } : attributes, ...children);
}

function head(...names) {
  const drawn = names.map((name) => element("th", { scope: "col" }, name));
  return element("thead", {}, element("tr", {}, ...drawn));
}

function said([label, code, lines], filled) {
  const drawn = lines.map((line) => element("dd", {}, filled(line)));
  return element("div", code ? { class: "code" } : {}, element("dt", {}, text(label)), ...drawn);
}

function quote([line, before, marked, after], filled) {
  const number = element("span", { class: "line" }, String(line));
  const mark = element("mark", {}, filled(marked));
  return element("pre", { class: "quote" }, number, ` ${filled(before)}`, mark, filled(after));
}

/** A row of a decision table, taken from the whole one further down. */
function row(table, number, word) {
  const source = at(`table-${table}-row-${number}`).querySelector("pre").cloneNode(true);
  const named = cell("th", {}, String(number));
  if (word) named.append(" ", element("b", {}, word));
  return element("tr", word ? { class: "marked" } : {}, named, element("td", {}, source));
}

function proof([table, subject, states, by, word, place, rows, shown], filled) {
  const state = element("strong", {}, states.map(filled).join(" or "));
  const summary = element("summary", {}, `${filled(subject)}: `, state, `, ${filled(by)}`);
  const where = element("p", { class: "place" }, element("code", {}, filled(place)));
  const made = element("details", { class: "proof" }, summary, where);
  if (table >= 0) {
    where.append(" ", element("a", { href: `#table-${table}-row-${rows[0]}` }, "The whole table"));
  }
  if (shown.length) {
    const drawn = shown.map((number) => row(table, number, rows.includes(number) ? filled(word) : ""));
    const body = element("tbody", {}, ...drawn);
    made.append(element("table", { class: "rows" }, head("Row", "As the model has it"), body));
  }
  return made;
}

function facts(found, filled) {
  const rows = found.map(([fact, shown]) =>
    element("tr", {}, cell("th", {}, filled(fact)), element("td", {}, filled(shown))));
  const table = element("table", { class: "facts" }, head("Fact", "Read"), element("tbody", {}, ...rows));
  const summary = element("summary", {}, `Facts as they were read: ${found.length}`);
  return element("details", { class: "proof" }, summary, table);
}

/** What the macro `block` draws. */
function block([, , , place, quoted, lines, found, decisions, value]) {
  const filled = (number) => text(number, value);
  const drawn = (draw) => (number) => draw(piece(number), filled);
  const made = element("div", { class: "block" });
  const where = filled(place);
  if (where) made.append(element("p", { class: "place" }, element("code", {}, where)));
  if (quoted >= 0) made.append(drawn(quote)(quoted));
  made.append(element("dl", {}, ...lines.map(drawn(said))), ...decisions.map(drawn(proof)));
  if (found.length) made.append(facts(found.map(piece), filled));
  return made;
}

/** What the macro `headed` draws. */
function headed(it) {
  const title = element("p", { class: "head" }, headOf(it));
  return element("div", { class: `headed ${STATUSES[it[0]].key}` }, title, block(it));
}

function references(links) {
  const drawn = links.map(([title, shown, href]) => element("li", {}, href
    ? element("a", { href, rel: "noopener noreferrer" }, text(title))
    : `${text(title)}: ${text(shown)}`));
  return drawn.length
    ? [element("ul", { class: "references", "aria-label": "References" }, ...drawn)] : [];
}

/** What the macro `protocols` draws of one host; nothing if none was judged. */
function protocols(host) {
  const picture = data.tls.pictures[data.hosts.pictures[host]];
  const states = new Map(data.tls.states.map((state) => [state[0], state]));
  const roles = data.tls.roles.length;
  if (/^-*$/.test(picture)) return [];
  const rows = data.tls.protocols.map((protocol, line) => element("tr", {},
    cell("th", {}, protocol),
    ...data.tls.roles.map((role, place) => {
      const [, key, word, sign] = states.get(picture[line * roles + place]);
      const mark = element("span", { "aria-hidden": "true" }, sign);
      return element("td", {}, element("span", { class: `state ${key}` }, mark, ` ${word}`));
    })));
  const name = data.hosts.names[host];
  const table = element("table", { class: "protocols" },
    element("caption", {}, `TLS as Schannel has it on ${name}`),
    head("Protocol", ...data.tls.roles), element("tbody", {}, ...rows));
  return [wide(`Protocols on ${name}`, table)];
}

/** What can be wider than the page: its own part of it, so that the keyboard can scroll it. */
function wide(label, ...children) {
  return element("section", { class: "scroll", "aria-label": label, tabindex: "0" }, ...children);
}

/** A list that grows by a number of items at a press of its button. */
function growing(items, step, draw, noun) {
  const list = element("div", {});
  const more = element("button", { type: "button", class: "more" });
  let shown = 0;
  const grow = () => {
    list.append(...items.slice(shown, shown + step).map(draw));
    const first = list.children[shown];
    if (shown && first) (first.querySelector("summary") || first).focus();
    shown = Math.min(items.length, shown + step);
    more.hidden = shown === items.length;
    more.textContent = `Show more: ${counted.format(shown)} of ${many(items.length, noun)} are shown`;
  };
  more.addEventListener("click", grow);
  grow();
  return [list, more];
}
