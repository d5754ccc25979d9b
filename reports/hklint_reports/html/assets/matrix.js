// The matrix: a page of hosts and rules at a time; a verdict opens in the dialog.

const ROWS = 50;
const COLUMNS_SHOWN = 120;
const dialog = at("verdict");
const page = { first: 0 };

function showMatrix(found) {
  page.first = 0;
  drawMatrix(found);
}

function drawMatrix(found) {
  const all = matchingHosts(found);
  const hosts = all.slice(page.first, page.first + ROWS);
  const columns = found.columns.slice(0, COLUMNS_SHOWN);
  if (!hosts.length || !columns.length) {
    at("matrix-body").replaceChildren(element("p", {}, "No verdict passes the filter."));
    return;
  }
  const names = columns.map((of) => element("th", { scope: "col" }, element("span", {}, text(of.name))));
  const table = element("table", { class: "matrix" },
    element("caption", {}, caption(all.length, hosts.length, found.columns.length)),
    element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Host"), ...names)),
    element("tbody", {}, ...hosts.map((host) => matrixRow(host, columns, found))));
  table.addEventListener("keydown", walk);
  table.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) openCell(button.value);
  });
  const first = table.querySelector("button");
  if (first) first.tabIndex = 0;
  at("matrix-body").replaceChildren(turning(all.length, found), wide("Matrix", table));
}

function caption(hosts, shown, columns) {
  const last = page.first + shown;
  const rows = `Hosts ${counted.format(page.first + 1)} to ${counted.format(last)} of ${counted.format(hosts)}`;
  return columns > COLUMNS_SHOWN
    ? `${rows}; ${COLUMNS_SHOWN} of ${counted.format(columns)} columns: search for a rule to see others`
    : rows;
}

/** Buttons to the hosts before and after these. */
function turning(hosts, found) {
  const turn = (label, first) => {
    const button = element("button", { type: "button" }, label);
    button.disabled = first < 0 || first >= hosts;
    button.addEventListener("click", () => {
      page.first = first;
      drawMatrix(found);
      const again = [...at("matrix-body").querySelectorAll(".turning button")];
      (again.find((each) => each.textContent === label && !each.disabled)
        || again.find((each) => !each.disabled)).focus();
    });
    return button;
  };
  const made = element("p", { class: "turning" },
    turn("Hosts before", page.first - ROWS), " ", turn("Hosts after", page.first + ROWS));
  made.hidden = hosts <= ROWS;
  return made;
}

function matrixRow(host, columns, found) {
  const name = data.hosts.names[host];
  const missing = data.hosts.failures[host] >= 0;
  const cells = columns.map((of) => {
    const status = statusAt(of, host);
    if (status === NONE || !found.wanted[status]) return noVerdict(missing, status);
    const { key, word, sign } = STATUSES[status];
    const button = element("button", {
      type: "button", class: `cell ${key}`, tabindex: "-1", value: `${host}.${of.number}`,
      "aria-label": `${word}: ${text(of.name)} on ${name}`,
    }, sign);
    return element("td", {}, button);
  });
  return element("tr", {}, cell("th", {}, name), ...cells);
}

function noVerdict(missing, status) {
  const { key, word, sign } = STATUSES[NOT_REACHED];
  if (missing) {
    const mark = element("span", { class: `cell ${key}`, "aria-hidden": "true" }, sign);
    return element("td", {}, mark, element("span", { class: "away" }, word));
  }
  const why = status === NONE ? "no verdict" : "filtered out";
  return element("td", {}, element("span", { class: "away" }, why));
}

/** Arrow keys go from verdict to verdict, over cells that have none. */
function walk(event) {
  const steps = {
    ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
    Home: [-Infinity, 0], End: [Infinity, 0],
  };
  const step = steps[event.key];
  const from = event.target.closest("td");
  if (!step || !from) return;
  event.preventDefault();
  const to = neighbour(from, step);
  if (!to) return;
  event.target.tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
}

function neighbour(from, [across, down]) {
  const line = across
    ? [...from.parentNode.children]
    : [...from.closest("tbody").rows].map((each) => each.children[from.cellIndex]);
  const here = line.indexOf(from);
  const direction = Math.sign(across + down);
  const ahead = direction > 0 ? line.slice(here + 1) : line.slice(0, here).reverse();
  const buttons = ahead.map((each) => each.querySelector("button")).filter(Boolean);
  return Number.isFinite(across) ? buttons[0] : buttons.at(-1);
}

/** Opens the verdict of a cell, `host.column`, and puts it into the address. */
function openCell(value) {
  const [host, number] = value.split(".").map(Number);
  const of = COLUMNS[number];
  if (!of || !of.cells[host]) return;
  const verdict = data.verdicts[verdictAt(of, host)];
  at("verdict-title").textContent = `${text(of.name)} on ${data.hosts.names[host]}`;
  const about = element("p", { class: "head" }, pill(verdict[0]), " ", ...badge(verdict), text(of.title));
  at("verdict-body").replaceChildren(about, ...drawVerdict(of, verdict));
  choice.cell = value;
  remember();
  if (!dialog.open) dialog.showModal();
}
