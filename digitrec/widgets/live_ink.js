// The stroke under the pen, drawn by the browser at once, also while the kernel is busy. It lies
// over the pad's canvas, hands each stroke on to the kernel, and goes when the kernel has drawn it.

const AHEAD = 2; // unanswered messages; while there are more, only ends of strokes are sent
const PATIENCE = 300; // milliseconds without an answer before the kernel is said to be busy
const SHARP_TURN = 0.5; // as in sketch.py
const MAIN_BUTTON = 0;

const middle = (one, other) => [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2];

// The bend of `Stroke.path` in sketch.py: nothing moves when the kernel draws the stroke anew.
function bend(context, before, corner, after) {
  const start = middle(before, corner);
  const end = middle(corner, after);
  const arriving = [corner[0] - start[0], corner[1] - start[1]];
  const leaving = [end[0] - corner[0], end[1] - corner[1]];
  const along = arriving[0] * leaving[0] + arriving[1] * leaving[1];
  context.beginPath();
  context.moveTo(...start);
  if (along < SHARP_TURN * Math.hypot(...arriving) * Math.hypot(...leaving)) {
    context.lineTo(...corner);
    context.lineTo(...end);
  } else {
    context.quadraticCurveTo(...corner, ...end);
  }
  context.stroke();
}

// Draws strokes on a canvas, each point as it comes.
class Ink {
  constructor(canvas, ratio) {
    this.context = canvas.getContext("2d");
    this.context.scale(ratio, ratio);
    this.context.lineCap = this.context.lineJoin = "round";
  }

  begin(point, pen) {
    this.points = [point];
    this.context.lineWidth = pen;
    this.context.beginPath();
    this.context.arc(...point, pen / 2, 0, 2 * Math.PI);
    this.context.fill();
  }

  continue(point) {
    const [before, corner = before] = this.points.slice(-2);
    bend(this.context, before, corner, point);
    this.points.push(point);
  }

  end() {
    this.continue(this.points.at(-1));
  }

  wipe() {
    this.context.clearRect(0, 0, this.context.canvas.width, this.context.canvas.height);
  }
}

// Hands strokes on to the kernel, which answers each message when it has drawn what is in it.
// Until then, points wait here: a busy kernel gets a stroke as one message, not as hundreds.
class Post {
  constructor(model, whenBusy, whenDone) {
    this.model = model;
    this.view = Math.random().toString(36); // others show the same pad
    this.strokes = this.sent = this.answered = 0;
    this.whenBusy = whenBusy;
    this.whenDone = whenDone;
    this.hear = this.hear.bind(this);
    model.on("msg:custom", this.hear);
    this.greet();
  }

  // A part without ink. From the first answer on, the kernel has one thread handle all events.
  greet() {
    this.model.send({ view: this.view, part: 0, stroke: "", start: 0, points: [], ended: false });
  }

  begin(point) {
    this.stroke = `${this.view} ${++this.strokes}`;
    this.start = 0;
    this.points = [point];
    this.send(false);
  }

  continue(point) {
    this.points.push(point);
    if (this.sent - this.answered < AHEAD) this.send(false);
  }

  end() {
    this.send(true);
  }

  send(ended) {
    const { view, stroke, start, points } = this;
    this.model.send({ view, part: ++this.sent, stroke, start, points, ended });
    this.start += points.length;
    this.points = [];
    this.timer ??= setTimeout(this.whenBusy, PATIENCE);
  }

  hear({ view, part }) {
    if (view !== this.view) return;
    this.answered = part;
    clearTimeout(this.timer);
    this.timer = null;
    if (this.points.length) this.send(false);
    if (this.answered === this.sent) this.whenDone();
    else this.timer ??= setTimeout(this.whenBusy, PATIENCE);
  }

  close() {
    clearTimeout(this.timer);
    this.model.off("msg:custom", this.hear);
  }
}

function render({ model, el }) {
  el.classList.add("live");
  const canvas = document.createElement("canvas");
  const ratio = model.get("ratio");
  canvas.width = ratio * model.get("width");
  canvas.height = ratio * model.get("height");
  canvas.style.width = `${model.get("width")}px`;
  canvas.style.height = `${model.get("height")}px`;
  canvas.title = model.get("hint");
  canvas.ariaHidden = true; // the one below has the same name
  const busy = document.createElement("div");
  busy.className = "busy";
  busy.setAttribute("role", "status");
  el.append(canvas, busy);

  let pointer = null; // the one that draws
  const ink = new Ink(canvas, ratio);
  const post = new Post(
    model,
    () => (busy.textContent = "The kernel is busy: the answer follows"),
    () => {
      busy.textContent = "";
      // By the next frame, the page shows what the kernel has drawn.
      requestAnimationFrame(() => pointer === null && post.answered === post.sent && ink.wipe());
    },
  );

  const place = ({ clientX, clientY }) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const x = ((clientX - left) / width) * model.get("width");
    const y = ((clientY - top) / height) * model.get("height");
    return [x, y].map((number) => Math.round(100 * number) / 100);
  };
  const extend = (event) => {
    const point = place(event);
    if (ink.points.at(-1).every((number, axis) => number === point[axis])) return;
    ink.continue(point);
    post.continue(point);
  };
  const isOutside = ([x, y]) =>
    x < 0 || y < 0 || x > model.get("width") || y > model.get("height");
  const end = () => {
    if (pointer === null) return;
    if (canvas.hasPointerCapture(pointer)) canvas.releasePointerCapture(pointer);
    pointer = null;
    ink.end();
    post.end();
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (pointer !== null || event.button !== MAIN_BUTTON) return; // another finger, another button
    pointer = event.pointerId;
    canvas.setPointerCapture(pointer); // so that its end is told wherever it is
    const point = place(event);
    ink.begin(point, model.get("pen"));
    post.begin(point);
    focusPad();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer) return;
    // All that was told since the last frame; not every browser can say.
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) extend(each);
    // A mouse that leaves the pad ends the stroke; fingers and pens may slip over the edge.
    if (event.pointerType === "mouse" && isOutside(place(event))) end();
  });
  canvas.addEventListener("lostpointercapture", (event) => {
    if (event.pointerId === pointer) end();
  });

  // The canvas below takes the keys. A click on a button of the pad leaves them with it.
  const focusPad = () => el.parentElement.querySelector("canvas.surface").focus();
  for (const name of ["mousedown", "touchstart"]) {
    canvas.addEventListener(name, (event) => event.preventDefault(), { passive: false });
  }
  const keepKeys = (event) => {
    if (!event.target.closest("button")) return;
    event.preventDefault();
    focusPad();
  };
  let pad;
  requestAnimationFrame(() => {
    pad = el.closest(".digitrec");
    pad?.addEventListener("mousedown", keepKeys);
  });

  return () => {
    end();
    post.close();
    pad?.removeEventListener("mousedown", keepKeys);
  };
}

export default { render };
