// The page: three ways in, one answer, and the last readings.

import { startAnswer } from "/answer.js";
import { History } from "/history.js";
import { startCamera } from "/live.js";
import { startPad } from "/pad.js";
import { startPicture } from "/picture.js";

const tabs = [...document.querySelectorAll("[role=tab]")];
const panel = (tab) => document.getElementById(tab.getAttribute("aria-controls"));

function open(tab) {
  for (const each of tabs) {
    each.ariaSelected = String(each === tab);
    each.tabIndex = each === tab ? 0 : -1;
    panel(each).hidden = each !== tab;
  }
  (answers.get(tab) ?? answer.clear)();
  if (tab !== cameraTab) stopCamera();
}

for (const [place, tab] of tabs.entries()) {
  tab.addEventListener("click", () => open(tab));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs.at((place + step) % tabs.length);
    open(next);
    next.focus();
  });
}

const history = new History();
const answer = startAnswer(history);
const answers = new Map(); // how to show again what was read in each tab
const [drawTab, pictureTab, cameraTab] = tabs;

function put(tab, show) {
  answers.set(tab, show);
  if (tab.ariaSelected === "true") show();
}

const say = (tab) => (sentence) => put(tab, () => answer.say(sentence));

startPad(
  panel(drawTab),
  (reading, drawing) => {
    if (!reading) return put(drawTab, answer.clear);
    const entry = history.note(reading, "drawing", drawing.id);
    put(drawTab, () => answer.show(reading, drawing, entry));
  },
  say(drawTab),
);
startPicture(
  panel(pictureTab),
  (reading, file) => {
    const entry = history.note(reading, file.name);
    put(pictureTab, () => answer.show(reading, file, entry));
  },
  say(pictureTab),
  () => open(pictureTab),
);
const stopCamera = startCamera(panel(cameraTab), (reading, jpeg) => {
  const entry = history.note(reading, "camera");
  put(cameraTab, () => answer.show(reading, jpeg, entry));
});
