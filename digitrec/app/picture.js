// Pictures that are chosen, dropped, pasted or photographed, each shown with its boxes.

import { boxes, make } from "/make.js";
import { askUntilAnswered } from "/server.js";

const MOST_BYTES = 25_000_000; // as the server takes

function boxed(url, reading) {
  const [width, height] = reading.size;
  const picture = make("img", { src: url, alt: "the picture, with a box around each digit" });
  picture.addEventListener("error", () => (picture.hidden = true)); // a kind it cannot show
  const frame = make("div", { className: "boxed" }, picture, boxes(reading));
  frame.style.aspectRatio = `${width} / ${height}`;
  frame.style.width = `min(100%, ${Math.round((380 * width) / height)}px)`;
  return frame;
}

/**
 * @param root The element where pictures are chosen.
 * @param show Called with what was read and the picture.
 * @param say Called with a sentence where it could not be read.
 * @param open Shows the root, where something is pasted or dropped elsewhere.
 */
export function startPicture(root, show, say, open) {
  const place = root.querySelector(".shown");
  const zone = root.querySelector(".drop");
  root.querySelector(".photograph").hidden = !navigator.maxTouchPoints; // no telephone
  let url = null;

  const read = async (file) => {
    open();
    place.replaceChildren(make("p", { className: "note" }, `Reading ${file.name} …`));
    if (file.size > MOST_BYTES) throw new Error("is over 25 MB: save it as JPEG, or smaller");
    const reading = await askUntilAnswered("/api/read", file);
    URL.revokeObjectURL(url);
    url = URL.createObjectURL(file);
    const name = make("p", { className: "note" }, file.name);
    place.replaceChildren(boxed(url, reading), name);
    show(reading, file);
  };

  const readAll = async (files) => {
    for (const file of files) {
      try {
        await read(file);
      } catch (error) {
        place.replaceChildren();
        say(`${file.name}: ${error.message}`);
      }
    }
  };

  for (const input of root.querySelectorAll("input")) {
    input.addEventListener("change", async () => {
      await readAll([...input.files]);
      input.value = ""; // or choosing the same file again would be no change
    });
  }
  document.addEventListener("paste", (event) => readAll([...event.clipboardData.files]));
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  document.addEventListener("dragleave", () => zone.classList.remove("over"));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    readAll([...event.dataTransfer.files]);
  });
}
