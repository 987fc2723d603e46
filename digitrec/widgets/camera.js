// A live camera that shows what is read in its viewfinder. It knows nothing of who reads: a kernel,
// or a server. One frame at a time is under way, and a reading is shown once it is steady.

const MOST_WIDTH = 640; // of a frame that is read, pixels
const QUALITY = 0.85; // of its JPEG file
const MOST_A_SECOND = 20; // frames
const REST = 0.5; // after an answer, so many times its duration are left for other work
const PATIENCE = 1000; // milliseconds without an answer before that is said; older ones do not count
const FINDER = { width: 0.86, height: 0.86, shape: 2 }; // shares of the picture; width by height
const MOST_BOXES = 20; // where more are found there is no number, and boxes would only flicker

// Chosen by `python -m benchmarks.camera`.
const STEADY = 4; // frames in a row with the same accepted text, before it is shown
const HELD = 6; // frames in a row without that text, before it goes

const SENTENCES = {
  idle: "Press Start, then hold a number into the frame.",
  starting: "Waiting for the camera …",
  live: "Hold a number into the frame until it is read.",
  hidden: "Paused while this page is hidden.",
  busy: "The answer takes long: the camera goes on when it is there.",
  insecure: "Browsers give a camera only to pages from this machine or over https: open this page so.",
  denied: "This page may not use the camera: allow it beside the address, then press Start.",
  missing: "There is no camera: connect one, then press Start.",
  taken: "The camera is busy: close what else uses it, another tab perhaps, then press Start.",
  unplugged: "The camera has gone: connect it, then press Start.",
  silent: "No more pictures come: another tab or program may have the camera. Press Start again.",
};

const FAILURES = {
  NotAllowedError: "denied",
  SecurityError: "insecure",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "taken",
  AbortError: "taken",
};

function make(name, className, parent) {
  const element = document.createElement(name);
  element.className = className;
  parent.append(element);
  return element;
}

function draw(name, parent, attributes = {}, text = "") {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  parent.append(element);
  return element;
}

// The part of a video that is read: [left, top, width, height] in its pixels.
function finder({ videoWidth, videoHeight }) {
  const width = Math.min(FINDER.width * videoWidth, FINDER.shape * FINDER.height * videoHeight);
  const height = width / FINDER.shape;
  return [(videoWidth - width) / 2, (videoHeight - height) / 2, width, height].map(Math.round);
}

// Decides what is shown: the last text that was read, and accepted, in STEADY frames in a row.
class Steadiness {
  constructor() {
    this.forget();
  }

  forget() {
    this.shown = null; // a reading
    this.text = "";
    this.same = this.without = 0;
  }

  see(reading) {
    const text = reading.accepted ? reading.text : "";
    this.same = text && text === this.text ? this.same + 1 : 1;
    this.text = text;
    if (text && this.same >= STEADY) {
      this.shown = reading;
      this.without = 0;
    } else if (this.shown && text !== this.shown.text && ++this.without >= HELD) {
      this.shown = null;
    }
    return this.shown;
  }
}

// The viewfinder and the boxes, drawn over the video in its pixels.
class Overlay {
  constructor(parent) {
    this.svg = draw("svg", parent, { "aria-hidden": true });
    this.dark = draw("path", this.svg, { class: "outside", "fill-rule": "evenodd" });
    this.frame = draw("rect", this.svg, { class: "finder", rx: 8 });
    this.marks = draw("g", this.svg);
  }

  fit(video) {
    const { videoWidth, videoHeight } = video;
    const [x, y, width, height] = finder(video);
    const hole = `M${x} ${y}h${width}v${height}h${-width}z`;
    this.svg.setAttribute("viewBox", `0 0 ${videoWidth} ${videoHeight}`);
    this.dark.setAttribute("d", `M0 0h${videoWidth}v${videoHeight}H0z${hole}`);
    for (const [key, value] of Object.entries({ x, y, width, height })) {
      this.frame.setAttribute(key, value);
    }
  }

  clear() {
    this.marks.replaceChildren();
  }

  // Digits are named only where they are steady; in doubt, there is a question mark.
  show({ digits }, isSteady, [left, top], scale) {
    this.clear();
    if (digits.length > MOST_BOXES) return;
    for (const digit of digits) {
      const [x, y, width, height] = digit.box.map((length) => length * scale);
      const kind = isSteady ? "sure" : digit.accepted ? "waiting" : "doubt";
      const place = { x: left + x, y: top + y };
      draw("rect", this.marks, { ...place, width, height, class: kind });
      const above = { x: place.x + width / 2, y: place.y - 6 * scale };
      const name = isSteady ? digit.text : digit.accepted ? "" : "?";
      draw("text", this.marks, { ...above, "font-size": 32 * scale, class: kind }, name);
    }
  }
}

/**
 * A live camera as an element: Start and Stop, Keep, the picture, and what is read in it.
 *
 * After each frame that was read, the element gets a "frame" event; its detail is `{ reading,
 * shown, isNew, jpeg, taken }`: what was read in that frame, the reading that is shown now or null,
 * whether it is shown since this frame, the frame, and when it was taken (`performance.now()`).
 *
 * @param read Takes a frame, a JPEG blob, and gives what was read: `{ text, accepted, confidence,
 *     digits: [{ digit, text, confidence, accepted, box: [left, top, width, height] }] }`, with
 *     boxes in pixels of the frame. It may throw an Error whose message is a sentence.
 * @param keep Takes a frame and its reading when Keep is pressed; without it there is no Keep.
 * @returns `{ element, stop }`; `stop` turns the camera off, as taking the element away does.
 */
export function liveCamera({ read, keep = null }) {
  const element = document.createElement("div");
  element.className = "camera";
  const stage = make("div", "stage", element);
  const video = make("video", "", stage);
  Object.assign(video, { muted: true, playsInline: true });
  video.setAttribute("aria-label", "The camera's picture");
  const overlay = new Overlay(stage);
  const answer = make("output", "reading", element);
  const sentence = make("div", "sentence", element);
  sentence.setAttribute("role", "status");
  const buttons = make("div", "buttons", element);
  const toggle = make("button", "toggle", buttons);
  const keeping = keep && make("button", "keep", buttons);
  toggle.title = "Turn the camera on or off";
  if (keep) {
    keeping.textContent = "Keep";
    keeping.title = "Keep this picture with what was read in it";
  }
  for (const button of buttons.children) button.type = "button";

  const canvas = document.createElement("canvas");
  const steadiness = new Steadiness();
  let stream = null; // while the camera is on
  let attempt = 0; // counts Start and Stop: what belongs to an earlier one is ignored
  let latest = null; // the frame that was read last, with what was read, if that was anything

  const say = (name) => {
    const text = SENTENCES[name] ?? name;
    if (sentence.textContent !== text) sentence.textContent = text;
  };

  const showSteady = (shown) => {
    const text = shown?.text ?? "";
    if (answer.textContent !== text) answer.textContent = text;
  };

  const forget = () => {
    steadiness.forget();
    overlay.clear();
    showSteady(null);
    latest = null;
    if (keep) keeping.disabled = true;
  };

  const stop = (why = "idle") => {
    attempt++;
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = video.srcObject = null;
    forget();
    element.classList.remove("on");
    toggle.textContent = "Start";
    say(why);
  };

  const start = async () => {
    const mine = ++attempt;
    toggle.textContent = "Stop";
    say("starting");
    try {
      if (!navigator.mediaDevices) throw new DOMException("", "SecurityError");
      const wanted = { facingMode: { ideal: "environment" }, width: { ideal: 1280 } };
      const opened = await navigator.mediaDevices.getUserMedia({ video: wanted });
      if (mine !== attempt) { // stopped meanwhile
        for (const track of opened.getTracks()) track.stop();
        return;
      }
      stream = video.srcObject = opened;
      const [track] = stream.getVideoTracks();
      track.addEventListener("ended", () => mine === attempt && stop("unplugged"));
      // A phone's browser also silences a camera whose page is hidden, and goes on later.
      track.addEventListener("mute", () => mine === attempt && !document.hidden && stop("silent"));
      await video.play();
    } catch (error) {
      if (mine === attempt) stop(FAILURES[error.name] ?? error.message);
      return;
    }
    if (mine !== attempt) return;
    element.classList.add("on");
    say("live");
    await follow(() => mine === attempt);
  };

  const follow = async (isOn) => {
    while (isOn()) {
      await nextPicture(video);
      if (!isOn()) return;
      if (!element.isConnected) return stop();
      if (document.hidden) {
        forget();
        say("hidden");
        await visible();
        if (isOn()) say("live");
        continue;
      }
      const began = performance.now();
      await readFrame(isOn);
      const took = performance.now() - began;
      await pause(Math.max(1000 / MOST_A_SECOND - took, Math.min(REST * took, PATIENCE)));
    }
  };

  const readFrame = async (isOn) => {
    const taken = performance.now();
    const place = finder(video);
    const late = setTimeout(() => isOn() && say("busy"), PATIENCE);
    try {
      const jpeg = await grab(canvas, video, place);
      const reading = await read(jpeg);
      if (!isOn()) return;
      if (performance.now() - taken > PATIENCE) steadiness.forget();
      showFrame({ reading, jpeg, taken }, place);
      say("live");
    } catch (error) {
      if (!isOn()) return;
      forget();
      say(error.message);
      await pause(PATIENCE);
    } finally {
      clearTimeout(late);
    }
  };

  const showFrame = (frame, place) => {
    const { reading, jpeg } = frame;
    const before = steadiness.shown?.text;
    const shown = steadiness.see(reading);
    const isSteady = reading.accepted && reading.text === shown?.text;
    overlay.show(reading, isSteady, place, place[2] / canvas.width);
    showSteady(shown);
    latest = reading.digits.length ? { jpeg, reading } : null;
    if (keep) keeping.disabled = !latest;
    const isNew = shown !== null && shown.text !== before;
    element.dispatchEvent(new CustomEvent("frame", { detail: { ...frame, shown, isNew } }));
  };

  toggle.addEventListener("click", () => (toggle.textContent === "Stop" ? stop() : start()));
  keeping?.addEventListener("click", () => keep(latest.jpeg, latest.reading));
  video.addEventListener("resize", () => { // at the start, and when a phone is turned
    stage.style.aspectRatio = `${video.videoWidth} / ${video.videoHeight}`;
    overlay.fit(video);
  });
  video.addEventListener("pause", () => stream && !element.isConnected && stop());
  stop();
  return { element, stop: () => stop() };
}

const pause = (milliseconds) =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)));

const visible = () =>
  new Promise((resolve) =>
    document.addEventListener("visibilitychange", resolve, { once: true }),
  );

// Until the camera has given another picture; not every browser can say, and hidden pages get none.
const nextPicture = (video) =>
  Promise.race([
    new Promise((resolve) => video.requestVideoFrameCallback?.(resolve)),
    pause(video.requestVideoFrameCallback ? PATIENCE : 1000 / MOST_A_SECOND),
  ]);

function grab(canvas, video, [left, top, width, height]) {
  canvas.width = Math.min(MOST_WIDTH, width);
  canvas.height = Math.round((canvas.width * height) / width);
  const context = canvas.getContext("2d", { alpha: false });
  context.drawImage(video, left, top, width, height, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}

// In the notebook, the kernel reads: it answers each frame with what was read, or with an error.
function render({ model, el }) {
  const view = Math.random().toString(36); // others show the same camera
  const waiting = new Map();
  let frames = 0;
  const hear = ({ frame, reading, error }) => {
    const answered = waiting.get(frame);
    waiting.delete(frame);
    if (error) answered?.reject(new Error(error));
    else answered?.resolve(reading);
  };
  model.on("msg:custom", hear);
  // From its answer on, the kernel reads also while a cell runs, if it can.
  model.send({ event: "hello" });
  const send = async (event, frame, jpeg) =>
    model.send({ event, frame }, undefined, [await jpeg.arrayBuffer()]);
  const camera = liveCamera({
    read: (jpeg) =>
      new Promise((resolve, reject) => {
        const frame = `${view} ${++frames}`;
        waiting.set(frame, { resolve, reject });
        send("read", frame, jpeg);
      }),
    keep: (jpeg) => send("keep", "", jpeg),
  });
  el.append(camera.element);
  return () => {
    camera.stop();
    model.off("msg:custom", hear);
  };
}

export default { render };
