// The last readings, in this page alone: a list to copy and to save.

import { copy, make, memory, percent } from "/make.js";

const MOST = 50;
const NAME = "readings"; // in the browser's memory
const COLUMNS = ["time", "source", "text", "confidence", "accepted", "corrected"];

// A cell that a spreadsheet would take for a formula begins with '.
const cell = (value) => `"${String(value).replace(/^[=+\-@\t\r]/, "'$&").replaceAll('"', '""')}"`;

const asCsv = (entries) =>
  [COLUMNS, ...entries.map((entry) => COLUMNS.map((name) => entry[name]))]
    .map((row) => `${row.map(cell).join(",")}\r\n`)
    .join("");

const clock = (time) =>
  new Date(time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

function row(entry) {
  const { text, corrected, accepted, confidence, source, time } = entry;
  const button = make("button", { title: "Copy", ariaLabel: `Copy ${corrected || text}` }, "Copy");
  button.addEventListener("click", () => copy(corrected || text));
  const read = make("span", { className: accepted || corrected ? "text" : "text doubt" }, text);
  if (corrected) read.replaceChildren(make("s", {}, text), ` ${corrected}`);
  const about = `${percent(confidence)} sure · ${source} · ${clock(time)}`;
  return make("li", {}, read, make("span", { className: "note" }, about), button);
}

export class History {
  constructor() {
    this.root = document.querySelector("#history");
    this.entries = memory.get(NAME) ?? [];
    const listen = (name, act) =>
      this.root.querySelector(name).addEventListener("click", act);
    listen(".copy-all", () => copy(this.entries.map((e) => e.corrected || e.text).join("\n")));
    listen(".csv", () => this.save());
    listen(".forget", () => this.keep([]));
    this.show();
  }

  /** Write a reading down, in place of an earlier one of the same drawing, which has an `id`. */
  note({ text, confidence, accepted }, source, id) {
    const earlier = id && this.entries.find((entry) => entry.id === id);
    const corrected = earlier?.text === text ? earlier.corrected : "";
    const time = new Date().toISOString();
    const entry = { id, time, source, text, confidence, accepted, corrected };
    if (earlier) this.replace(earlier, entry);
    else this.keep([entry, ...this.entries].slice(0, MOST));
    return entry;
  }

  /** With each movement of the pen: so only one row is made anew, not fifty. */
  replace(earlier, entry) {
    const place = this.entries.indexOf(earlier);
    this.entries[place] = entry;
    memory.set(NAME, this.entries);
    this.root.querySelectorAll("li")[place].replaceWith(row(entry));
  }

  correct(entry, label) {
    entry.corrected = label;
    this.keep(this.entries);
  }

  keep(entries) {
    this.entries = entries;
    memory.set(NAME, entries);
    this.show();
  }

  show() {
    this.root.querySelector("ol").replaceChildren(...this.entries.map(row));
    this.root.querySelector(".none").hidden = this.entries.length > 0;
    this.root.querySelector(".actions").hidden = this.entries.length === 0;
  }

  save() {
    const file = new Blob([asCsv(this.entries)], { type: "text/csv" });
    const link = make("a", { href: URL.createObjectURL(file), download: "readings.csv" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
}
