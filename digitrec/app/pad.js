// A pad to draw on. The browser draws the ink; the server reads it while it grows.

import { Ink, follow } from "/live_ink.js";
import { boxes, memory } from "/make.js";
import { LaterError, ask } from "/server.js";

const MOST_WIDTH = 1000; // pixels, as the server takes
const SHAPE = { wide: 0.5, narrow: 0.8 }; // height by width
const NARROW = 480; // pixels
const NAME = "drawing"; // in the browser's memory
const AT_ONCE = 2; // readings, as the server takes

/**
 * @param root The element that has the canvas and its controls.
 * @param show Called with what was read and the drawing, or null where nothing is drawn.
 * @param say Called with a sentence where it could not be read.
 */
export function startPad(root, show, say) {
  const canvas = root.querySelector("canvas");
  const pen = root.querySelector(".pen input");
  const marks = root.querySelector(".marks");
  const invitation = root.querySelector(".invitation");
  const drawing = memory.get(NAME) ?? { width: 0, height: 0, strokes: [] };
  let ink = null;

  // A blank pad takes the size that the page has for it; a drawing keeps its own, and is scaled.
  const fit = () => {
    const width = Math.min(MOST_WIDTH, Math.floor(canvas.parentElement.clientWidth));
    if (!drawing.strokes.length && width > 0) {
      drawing.width = width;
      drawing.height = Math.round(width * (width < NARROW ? SHAPE.narrow : SHAPE.wide));
    }
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(ratio * drawing.width);
    canvas.height = Math.round(ratio * drawing.height);
    canvas.style.aspectRatio = `${drawing.width} / ${drawing.height}`;
    ink = new Ink(canvas, ratio);
    redraw();
  };

  const redraw = () => {
    ink.wipe();
    for (const { pen: width, points } of drawing.strokes) {
      ink.begin(points[0], width);
      for (const point of points.slice(1)) ink.continue(point);
      ink.end();
    }
    marks.replaceChildren();
    invitation.hidden = drawing.strokes.length > 0;
  };

  let isDue = false;
  let waiting = 0; // for answers
  let asked = 0;
  let answered = 0; // the newest question that has been
  const readSoon = async () => {
    isDue = true;
    if (waiting === AT_ONCE) return; // the newest follows
    waiting++;
    root.ariaBusy = "true";
    while (isDue) {
      isDue = false;
      await read(++asked);
    }
    waiting--;
    root.ariaBusy = String(waiting > 0);
  };

  const read = async (question) => {
    const isNewest = () => {
      if (question < answered) return false;
      answered = question;
      return true;
    };
    if (!drawing.strokes.length) return isNewest() && show(null);
    const sent = structuredClone(drawing);
    try {
      const reading = await ask("/api/strokes", sent);
      if (!isNewest()) return;
      marks.replaceChildren(...(reading.digits.length > 1 ? [boxes(reading)] : []));
      show(reading, sent);
    } catch (error) {
      if (error instanceof LaterError) isDue = true;
      if (!isNewest()) return;
      marks.replaceChildren();
      if (!(error instanceof LaterError)) say(error.message);
    }
  };

  const changed = () => {
    memory.set(NAME, drawing);
    readSoon();
  };

  const hand = follow(canvas, () => [drawing.width, drawing.height], {
    begin(point) {
      const width = Number(pen.value);
      if (!drawing.strokes.length) drawing.id = Math.random().toString(36); // of the list's entry
      drawing.strokes.push({ pen: width, points: [point] });
      ink.begin(point, width);
      invitation.hidden = true;
      canvas.focus({ preventScroll: true });
      readSoon();
    },
    extend(point) {
      drawing.strokes.at(-1).points.push(point);
      ink.continue(point);
      readSoon();
    },
    end() {
      ink.end();
      changed();
    },
  });

  const undo = () => {
    hand.end();
    drawing.strokes.pop();
    redraw();
    changed();
  };
  const clear = () => {
    hand.end();
    drawing.strokes = [];
    fit();
    changed();
  };

  root.querySelector(".undo").addEventListener("click", undo);
  root.querySelector(".clear").addEventListener("click", clear);
  canvas.addEventListener("keydown", (event) => {
    const act = { Backspace: undo, Escape: clear }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  new ResizeObserver(() => hand.isDown || fit()).observe(canvas.parentElement);
  fit();
  if (drawing.strokes.length) readSoon();
}
