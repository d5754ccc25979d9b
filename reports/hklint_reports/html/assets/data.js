"use strict";

// The run: what repeats stands once and goes by its number; a cell is the number of a verdict.

const at = (id) => document.getElementById(id);
const data = JSON.parse(at("data").textContent);
const piece = (number) => data.pieces[number];
/** A text; one with a hole gets the value that is named. */
const text = (number, value) => {
  const found = data.texts[number];
  return typeof found === "string" ? found : found.map((part) => text(part)).join(text(value));
};
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-";
const VALUES = new Uint8Array(128);
[...DIGITS].forEach((digit, value) => { VALUES[digit.charCodeAt(0)] = value; });

const STATUSES = data.statuses.map(([key, word, sign]) => ({ key, word, sign }));
const statusOf = new Map(STATUSES.map(({ key }, number) => [key, number]));
const NOT_REACHED = statusOf.get("not-reached");
const NONE = 255;
const HOSTS = data.hosts.names.length;
const HOST_NAMES = data.hosts.names.map((name) => name.toLowerCase());
const COLUMNS = data.columns.map(column);

/** A column with its cells as numbers, and the status of each of its verdicts, counted from 1. */
function column(found, number) {
  const cells = new Uint32Array(HOSTS);
  for (let host = 0, place = 0; host < HOSTS; host += 1) {
    let value = 0;
    for (let digit = 0; digit < found.width; digit += 1, place += 1) {
      value = value * DIGITS.length + VALUES[found.cells.charCodeAt(place)];
    }
    cells[host] = value;
  }
  const next = data.columns[number + 1];
  const verdicts = data.verdicts.slice(found.first, next ? next.first : undefined);
  const statuses = Uint8Array.from([NONE, ...verdicts.map(([status]) => status)]);
  const rule = data.rules[found.rule];
  const words = searched(found, rule);
  return { ...found, number, cells, statuses, severity: rule.severity, words };
}

/** What a search for a rule looks into. */
function searched(found, rule) {
  const texts = [text(found.name), text(found.title), text(rule.id), text(rule.title)];
  return texts.join("\n").toLowerCase();
}

/** The status of a cell, or NONE. */
const statusAt = (of, host) => of.statuses[of.cells[host]];

/** The verdict of a cell, by its number among all. */
const verdictAt = (of, host) => of.first + of.cells[host] - 1;
