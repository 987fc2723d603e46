// What was read: large, with probabilities or what the network saw, and what to do with it.

import { copy, make, percent } from "/make.js";
import { ask, askUntilAnswered } from "/server.js";

const CALM = 600; // milliseconds without a change, before a screen reader is told
const NOT_KEPT = "A correction stands in the list below.";

const kind = ({ accepted }) => (accepted ? "" : "doubt");
const shown = ({ text, doubt }) => (doubt === "no digit" ? "?" : text);
const seen = ({ image }) =>
  make("img", { className: "seen", alt: "what the network saw", src: image });

function head(digit) {
  const large = make("span", { className: "digit" }, shown(digit));
  return make(
    "div",
    { className: `head ${kind(digit)}` },
    large,
    make("span", {}, digit.verdict),
    seen(digit),
  );
}

/** Ten bars; without probabilities they are empty. */
function bars({ probabilities }) {
  const rows = [...(probabilities ?? Array(10))].map((share, digit) => {
    const filled = make("span");
    filled.style.width = `${100 * (share ?? 0)}%`;
    return make(
      "div",
      { className: "bar" },
      make("b", {}, String(digit)),
      make("span", { className: "track" }, filled),
      make("span", { className: "share" }, share === undefined ? "" : percent(share)),
    );
  });
  return make("div", { className: "bars" }, ...rows);
}

function figure(digit) {
  const verdict = digit.accepted ? percent(digit.confidence, 0) : `${digit.doubt}?`;
  return make(
    "figure",
    { className: kind(digit) },
    seen(digit),
    make("figcaption", {}, shown(digit)),
    make("div", { className: "note" }, verdict),
  );
}

function number(reading) {
  const verdict = reading.accepted ? `${percent(reading.confidence)} sure of each` : "not sure";
  const text = reading.text.length > 12 || reading.text.includes("\n") ? "text long" : "text";
  return [
    make("div", { className: `${text} ${kind(reading)}` }, reading.text),
    make("div", { className: `verdict ${kind(reading)}` }, verdict),
    make("div", { className: "number" }, ...reading.digits.map(figure)),
  ];
}

/** In words, for those who hear it. */
function inWords({ text, accepted, digits }) {
  const read = [...text].map((letter) => (letter === "\n" ? "next line" : letter)).join(" ");
  if (accepted) return read;
  return digits.length === 1 ? digits[0].verdict : `${read}, not sure`;
}

/**
 * The place where answers are shown.
 *
 * @param history Where readings are written down.
 */
export function startAnswer(history) {
  const root = document.querySelector("#answer");
  const [place, said, hint] = [".answer", ".said", ".hint"].map((name) => root.querySelector(name));
  const [copying, why] = [".copy", ".why"].map((name) => root.querySelector(name));
  const form = root.querySelector("form");
  const field = form.querySelector("input");
  const reasons = document.querySelector("#reasons");
  let current = null; // { reading, body, entry }: what is shown, and what was sent to be read
  let timer = null;
  let file = null; // where corrected digits are kept

  const sayCalmly = (text) => {
    clearTimeout(timer);
    timer = setTimeout(() => (said.textContent = text), CALM);
  };

  const closeReasons = () => {
    reasons.hidden = true;
    reasons.replaceChildren();
    why.textContent = "Why?";
    why.ariaExpanded = "false";
  };

  const whereKept = () => (file ? `Corrected digits are kept in ${file}` : NOT_KEPT);

  const put = (...elements) => {
    place.replaceChildren(...elements);
    const isThere = current !== null;
    for (const each of [copying, why, ...form.elements]) each.disabled = !isThere;
    field.value = "";
    hint.textContent = whereKept();
    closeReasons();
  };

  /** Show what was read of a body that was sent, and is written down in an entry. */
  const show = (reading, body, entry) => {
    current = { reading, body, entry };
    const [first] = reading.digits;
    put(...(reading.digits.length === 1 ? [head(first), bars(first)] : number(reading)));
    sayCalmly(inWords(reading));
  };

  const say = (sentence) => {
    current = null;
    put(make("p", { className: "sentence" }, sentence));
    sayCalmly(sentence);
  };

  const clear = () => {
    current = null;
    put(make("div", { className: "head" }), bars({ probabilities: null }));
    sayCalmly("");
  };

  copying.addEventListener("click", async () => {
    await copy(current.reading.text);
    said.textContent = "Copied";
  });

  why.addEventListener("click", async () => {
    if (!reasons.hidden) return closeReasons();
    const asked = current;
    why.textContent = "Close";
    why.ariaExpanded = "true";
    reasons.hidden = false;
    reasons.replaceChildren("Looking for reasons …");
    try {
      const { figure: src, words } = await ask("/api/explain", asked.body);
      if (asked === current) {
        reasons.replaceChildren(make("img", { className: "figure", src, alt: words }));
        reasons.scrollIntoView({ block: "nearest" });
      }
    } catch (error) {
      if (asked === current) reasons.replaceChildren(error.message);
    }
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const label = field.value.replace(/\s/g, "");
    const { reading, entry } = current;
    const count = reading.digits.length;
    if (!/^\d+$/.test(label) || (file && label.length !== count)) {
      hint.textContent = `Enter ${count === 1 ? "a digit" : `${count} digits, as were found`}.`;
      return;
    }
    history.correct(entry, label);
    hint.textContent = NOT_KEPT;
    if (!file) return;
    try {
      const images = reading.digits.map(({ image }) => image);
      const kept = await ask("/api/samples", { label, images });
      hint.textContent = `Kept as ${label} in ${kept.path}, which has ${kept.count} digits now.`;
      form.querySelector("button").disabled = true;
    } catch (error) {
      hint.textContent = error.message;
    }
  });

  clear();
  askUntilAnswered("/api/health").then(({ samples }) => {
    file = samples;
    hint.textContent = whereKept();
  });
  return { show, say, clear };
}
