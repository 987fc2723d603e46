// The layers of a network, and what each makes of the digit on the pad. Everything stands in its
// place from the start; an answer only recolours pixels and moves bars.

const COLUMNS = 8; // of a grid of maps
const SIDE = 192; // about that of a grid, pixels of the page

function add(parent, tag, className, text = "") {
  const element = document.createElement(tag);
  Object.assign(element, { className, textContent: text });
  parent.append(element);
  return element;
}

function section(parent, title) {
  const box = add(parent, "div", "layer");
  add(box, "div", "note", title);
  return box;
}

// A canvas of so many squares of so many values, with gaps that let the page through.
function grid(parent, { count, side, title, scale }) {
  const columns = Math.min(COLUMNS, count);
  const pitch = side + (side > 1 && count > 1);
  const canvas = add(parent, "canvas", "values");
  canvas.width = columns * pitch;
  canvas.height = Math.ceil(count / columns) * pitch;
  const zoom = scale ?? Math.floor(SIDE / canvas.width);
  Object.assign(canvas.style, {
    width: `${zoom * canvas.width}px`,
    height: `${zoom * canvas.height}px`,
  });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", title);
  const context = canvas.getContext("2d");
  const picture = context.createImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(picture.data.buffer); // red, green, blue, alpha: a byte each
  // Where each value stands in the picture.
  const places = Array.from({ length: count * side * side }, (_, number) => {
    const [map, cell] = [Math.floor(number / side / side), number % (side * side)];
    const row = Math.floor(map / columns) * pitch + Math.floor(cell / side);
    return row * canvas.width + (map % columns) * pitch + (cell % side);
  });
  return (colourOf) => {
    places.forEach((place, number) => (pixels[place] = colourOf(number)));
    context.putImageData(picture, 0, 0);
  };
}

// Ten rows: the digit, its sum to either side of 0, its probability.
function rows(parent) {
  const table = add(parent, "div", "sums");
  for (const title of ["", "sum", "softmax"]) add(table, "span", "note", title);
  return Array.from({ length: 10 }, (_, digit) => {
    add(table, "b", "", String(digit));
    const sum = add(table, "span", "track signed");
    const probability = add(table, "span", "track");
    return [sum, probability].map((track) => [add(track, "i", ""), add(track, "span", "value")]);
  });
}

function showSum([bar, number], sum, most) {
  const share = Math.min(1, Math.abs(sum) / most) * 50;
  bar.className = sum < 0 ? "below" : "above";
  bar.style.width = `${share}%`;
  bar.style.left = `${sum < 0 ? 50 - share : 50}%`;
  number.textContent = sum.toFixed(1).replace("-", "−");
}

function showProbability([bar, number], probability) {
  bar.style.width = `${100 * probability}%`;
  const percent = (100 * probability).toFixed(1);
  number.textContent = `${percent === "100.0" ? ">99.9" : percent}%`; // as in percent.py
}

function render({ model, el }) {
  const { filters, maps, features, most, palette } = model.get("network");
  const box = add(el, "div", "layers");
  const first = section(box, maps[0].title);
  const pairs = add(first, "div", "pairs");
  const firstMaps = filters.map(({ caption, colours }) => {
    const pair = add(pairs, "figure", "");
    const weights = grid(pair, { count: 1, side: 3, scale: 12, title: `weights of ${caption}` });
    const pixels = new Uint32Array(Uint8Array.from(colours).buffer);
    weights((number) => pixels[number]);
    const map = grid(pair, { count: 1, side: maps[0].side, scale: 3, title: `map of ${caption}` });
    add(pair, "figcaption", "note", caption);
    return map;
  });
  const grids = [...maps.slice(1), features].map((about) =>
    grid(section(box, about.title), about)
  );
  const tenRows = rows(section(box, "ten sums, ten probabilities"));
  add(box, "div", "note", "Bright is active. This is the digit as it stands; the bars beside the "
    + "pad are the means over three slants of it. A network always answers, even to blank paper.");

  const { buffer, byteOffset, byteLength } = palette;
  const colours = new Uint32Array(buffer.slice(byteOffset, byteOffset + byteLength));
  const levels = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const show = () => {
    const answer = model.get("answer");
    const chosen = levels(answer.first);
    const size = maps[0].side ** 2;
    firstMaps.forEach((map, pair) => map((number) => colours[chosen[pair * size + number]]));
    grids.forEach((draw, number) => {
      const values = levels(answer.others[number]);
      draw((place) => colours[values[place]]);
    });
    tenRows.forEach(([sum, probability], digit) => {
      showSum(sum, answer.sums[digit], most);
      showProbability(probability, answer.probabilities[digit]);
    });
  };
  model.on("change:answer", show);
  show();
  return () => model.off("change:answer", show);
}

export default { render };
