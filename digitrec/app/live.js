// The live camera that page and notebook share; here the server reads.

import { liveCamera } from "/camera.js";
import { make } from "/make.js";
import { ask } from "/server.js";

const MISSING = [
  "Browsers give the live camera only to pages over https, and this one came over plain http.",
  "Start digitrec with --certificate and --key to have it; the tab Picture takes photos.",
];

/**
 * @param root The element where it is shown.
 * @param show Called with a frame and what was read, once that is steady, or is kept.
 * @returns A function that turns the camera off.
 */
export function startCamera(root, show) {
  if (!window.isSecureContext) {
    root.append(...MISSING.map((sentence) => make("p", { className: "missing" }, sentence)));
    return () => {};
  }
  const { element, stop } = liveCamera({
    read: (jpeg) => ask("/api/frame", jpeg),
    keep: (jpeg, reading) => show(reading, jpeg),
  });
  element.addEventListener("frame", ({ detail: { shown, isNew, jpeg } }) => {
    if (isNew) show(shown, jpeg);
  });
  root.append(element);
  return stop;
}
