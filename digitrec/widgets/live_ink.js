// The stroke under the pen, drawn by the browser at once, also while the kernel is busy. It lies
// over the pad's canvas, hands each stroke on to the kernel, and goes when the kernel has drawn it.

const AHEAD = 2; // unanswered messages; while there are more, only ends of strokes are sent
const PATIENCE = 300; // milliseconds without an answer before the kernel is said to be busy
const SHARP_TURN = 0.5; // as in sketch.py
const MAIN_BUTTON = 0;
const [THIN, WIDE] = [0.75, 1.25]; // of the chosen width, by least and most pressure; as in sketch.py
const FOLLOW = 0.3; // share of a change of pressure that shows at once, so that a line has no steps

const middle = (one, other) => [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2];

const round = (number) => Math.round(100 * number) / 100;

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
    context.lineTo(corner[0], corner[1]);
    context.lineTo(...end);
  } else {
    context.quadraticCurveTo(corner[0], corner[1], ...end);
  }
  context.stroke();
}

/**
 * Draws strokes on a canvas, each point as it comes: [x, y], or [x, y, share of the pen's width].
 *
 * @param ratio Pixels of the canvas for each pixel of the paper.
 */
export class Ink {
  constructor(canvas, ratio) {
    this.context = canvas.getContext("2d");
    this.context.scale(ratio, ratio);
    this.context.lineCap = this.context.lineJoin = "round";
  }

  begin(point, pen) {
    const [x, y, share = 1] = point;
    this.points = [point];
    this.pen = pen;
    this.context.beginPath();
    this.context.arc(x, y, (pen * share) / 2, 0, 2 * Math.PI);
    this.context.fill();
  }

  continue(point) {
    const [before, corner = before] = this.points.slice(-2);
    const [, , share = 1] = corner;
    this.context.lineWidth = this.pen * share;
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

/**
 * Follow mouse, finger or pen on a canvas; one at a time draws.
 *
 * @param size Gives width and height of the paper, which fills the canvas.
 * @param hears Its `begin` and `extend` are called with a point of the paper, [x, y], or [x, y,
 *     share] where a pen's pressure makes its line wider or thinner; its `end` without one.
 * @returns `isDown` says whether one draws, and `end` ends its stroke.
 */
export function follow(canvas, size, hears) {
  let pointer = null; // the one that draws
  let share = null; // of the pen's width, as its pressure makes it
  let last = []; // where it was told to be

  const place = ({ clientX, clientY }) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const [wide, high] = size();
    return [((clientX - left) / width) * wide, ((clientY - top) / height) * high].map(round);
  };
  // The share of the chosen width; nothing for mouse, finger and a pen that tells no pressure.
  const pressed = ({ pointerType, pressure }) => {
    if (pointerType === "pen" && pressure > 0) {
      const target = THIN + (WIDE - THIN) * pressure;
      share = share === null ? target : share + FOLLOW * (target - share);
    }
    return share === null ? [] : [round(share)];
  };
  const extend = (event) => {
    const [x, y] = place(event);
    if (x === last[0] && y === last[1]) return;
    last = [x, y];
    hears.extend([x, y, ...pressed(event)]);
  };
  const isOutside = ([x, y]) => x < 0 || y < 0 || x > size()[0] || y > size()[1];
  const end = () => {
    if (pointer === null) return;
    if (canvas.hasPointerCapture(pointer)) canvas.releasePointerCapture(pointer);
    pointer = null;
    hears.end();
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (pointer !== null || event.button !== MAIN_BUTTON) return; // another finger, another button
    pointer = event.pointerId;
    canvas.setPointerCapture(pointer); // so that its end is told wherever it is
    share = null;
    last = place(event);
    hears.begin([...last, ...pressed(event)]);
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
  for (const name of ["mousedown", "touchstart"]) {
    canvas.addEventListener(name, (event) => event.preventDefault(), { passive: false });
  }
  return {
    end,
    get isDown() {
      return pointer !== null;
    },
  };
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

  const ink = new Ink(canvas, ratio);
  const post = new Post(
    model,
    () => (busy.textContent = "The kernel is busy: the answer follows"),
    () => {
      busy.textContent = "";
      // By the next frame, the page shows what the kernel has drawn.
      requestAnimationFrame(() => !hand.isDown && post.answered === post.sent && ink.wipe());
    },
  );
  const hand = follow(canvas, () => [model.get("width"), model.get("height")], {
    begin(point) {
      ink.begin(point, model.get("pen"));
      post.begin(point);
      focusPad();
    },
    extend(point) {
      ink.continue(point);
      post.continue(point);
    },
    end() {
      ink.end();
      post.end();
    },
  });

  // The canvas below takes the keys. A click on a button of the pad leaves them with it.
  const focusPad = () => el.parentElement.querySelector("canvas.surface").focus();
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
    hand.end();
    post.close();
    pad?.removeEventListener("mousedown", keepKeys);
  };
}

export default { render };
