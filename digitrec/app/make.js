// Elements, percentages and the clipboard.

/** An element with properties and children; texts never become HTML. */
export function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

/** The same for SVG, which has attributes alone. */
export function draw(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** A box around each digit of a reading, to lie over what was read. */
export function boxes({ size: [width, height], digits }) {
  const rects = digits.map(({ box: [x, y, wide, high], accepted }) =>
    draw("rect", { x, y, width: wide, height: high, class: accepted ? "" : "doubt" }),
  );
  const about = { class: "boxes", viewBox: `0 0 ${width} ${height}`, "aria-hidden": true };
  return draw("svg", about, ...rects);
}

/** As digitrec/recognize/percent.py: what would be rounded to certainty becomes ">99.9%". */
export function percent(share, decimals = 1) {
  const text = (100 * share).toFixed(decimals);
  return Number(text) < 100 ? `${text}%` : `>${(100 - 10 ** -decimals).toFixed(decimals)}%`;
}

/** Copy a text; browsers give their clipboard only to pages over https and of this machine. */
export async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = make("textarea", { value: text, className: "aside" });
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

/** What this browser keeps for this page until it is closed; pages beside it have their own. */
export const memory = {
  get(name) {
    try {
      return JSON.parse(sessionStorage.getItem(name));
    } catch { // nothing may be kept here, or it is no longer what it was
      return null;
    }
  },
  set(name, value) {
    try {
      sessionStorage.setItem(name, JSON.stringify(value));
    } catch { // full, or forbidden: then it is kept as long as the page is not loaded anew
    }
  },
};
