// Digits as points on a map. Which point is nearest to the pointer goes to the kernel.

const WIDTH = 520, HEIGHT = 400; // pixels
const COLOURS = ["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2",
  "#7f7f7f", "#bcbd22", "#17becf"];

function floats(view) {
  return new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

function circle(pen, x, y, radius) {
  pen.beginPath();
  pen.arc(x * WIDTH, y * HEIGHT, radius, 0, 2 * Math.PI);
}

// Write each digit in the middle of its points.
function name(pen, points, labels, el) {
  const style = getComputedStyle(el);
  pen.fillStyle = style.color;
  pen.strokeStyle = style.getPropertyValue("--jp-layout-color0") || "white";
  pen.lineWidth = 4;
  pen.font = "bold 18px sans-serif";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  for (const digit of new Set(labels)) {
    let x = 0, y = 0, count = 0;
    labels.forEach((label, i) => {
      if (label === digit) [x, y, count] = [x + points[2 * i], y + points[2 * i + 1], count + 1];
    });
    pen.strokeText(digit, (x / count) * WIDTH, (y / count) * HEIGHT);
    pen.fillText(digit, (x / count) * WIDTH, (y / count) * HEIGHT);
  }
}

function draw(pen, model, el) {
  const points = floats(model.get("points"));
  const { buffer, byteOffset, byteLength } = model.get("labels");
  const labels = new Uint8Array(buffer, byteOffset, byteLength);
  const near = model.get("near");
  const marks = floats(model.get("mark"));
  const text = getComputedStyle(el).color;
  pen.clearRect(0, 0, WIDTH, HEIGHT);
  for (let i = 0; i < points.length / 2; i++) {
    circle(pen, points[2 * i], points[2 * i + 1], 2.2);
    pen.fillStyle = COLOURS[labels[i]];
    pen.fill();
  }
  name(pen, points, labels, el);
  pen.strokeStyle = text;
  pen.lineWidth = 2;
  if (near >= 0) {
    circle(pen, points[2 * near], points[2 * near + 1], 7);
    pen.stroke();
  }
  if (marks.length) { // the reader's own digit
    circle(pen, marks[0], marks[1], 7);
    pen.fillStyle = "#d32f2f";
    pen.fill();
    pen.stroke();
  }
}

function nearest(points, x, y) {
  let best = -1, least = Infinity;
  for (let i = 0; i < points.length / 2; i++) {
    const distance = ((points[2 * i] - x) * WIDTH) ** 2 + ((points[2 * i + 1] - y) * HEIGHT) ** 2;
    if (distance < least) [best, least] = [i, distance];
  }
  return best;
}

function render({ model, el }) {
  const canvas = document.createElement("canvas");
  canvas.className = "map";
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", "Digits as points: those that the network finds alike are close");
  canvas.width = 2 * WIDTH;
  canvas.height = 2 * HEIGHT;
  const pen = canvas.getContext("2d");
  pen.scale(2, 2);
  const redraw = () => draw(pen, model, el);
  const choose = (event) => {
    const box = canvas.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width, y = (event.clientY - box.top) / box.height;
    const near = nearest(floats(model.get("points")), x, y);
    if (near !== model.get("near")) {
      model.set("near", near);
      model.save_changes();
    }
  };
  canvas.addEventListener("pointermove", choose);
  canvas.addEventListener("pointerdown", choose);
  model.on("change:near change:mark", redraw);
  el.append(canvas);
  requestAnimationFrame(redraw); // once the theme's colours are known
  return () => model.off("change:near change:mark", redraw);
}

export default { render };
