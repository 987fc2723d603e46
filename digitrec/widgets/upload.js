// A place to choose files or drop them on. Each file travels in slices, because the connection
// between page and kernel ends when one message is larger than about 10 MB.

const SLICE = 4_000_000; // bytes

async function send(model, file) {
  const id = Math.random().toString(36);
  const about = { id, name: file.name, size: file.size };
  if (file.size > model.get("most_bytes")) {
    model.send({ ...about, event: "too large" });
    return;
  }
  try {
    for (let start = 0; start === 0 || start < file.size; start += SLICE) {
      const slice = await file.slice(start, start + SLICE).arrayBuffer();
      const last = start + SLICE >= file.size;
      model.send({ ...about, event: "slice", start, last }, undefined, [slice]);
    }
  } catch (error) { // a folder, or a file that has gone
    model.send({ ...about, event: "unreadable" });
  }
}

// Pictures from the clipboard, or from a phone's camera, have all the same name.
let unnamed = 0;
const named = (file, kind) => new File([file], `${kind} ${++unnamed}`, { type: file.type });

function fileInput(attributes) {
  const input = document.createElement("input");
  return Object.assign(input, { type: "file", accept: "image/*", ...attributes });
}

function render({ model, el }) {
  const zone = document.createElement("label");
  zone.className = "drop";
  const title = document.createElement("span");
  title.textContent = "Choose pictures, drop them here, or paste them";
  const hint = document.createElement("span");
  hint.className = "note";
  hint.textContent = model.get("hint");
  const input = fileInput({ multiple: true });
  zone.append(input, title, hint);
  const photo = document.createElement("label"); // shown where there are fingers: see widgets.css
  photo.className = "drop photo";
  const camera = fileInput({ capture: "environment" });
  photo.append(camera, "Take a photo");
  el.append(zone, photo);

  const sendAll = async (files) => {
    for (const file of files) await send(model, file);
  };
  const sendChosen = async (chosen, files) => {
    await sendAll(files);
    chosen.value = ""; // or choosing the same file again would be no change
  };
  input.addEventListener("change", () => sendChosen(input, [...input.files]));
  camera.addEventListener("change", () =>
    sendChosen(camera, [...camera.files].map((file) => named(file, "photo"))),
  );
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation(); // or JupyterLab would take the file as well
    zone.classList.remove("over");
    sendAll([...event.dataTransfer.files]);
  });
  // A page pastes where the focus is, which a mouse over the zone need not have moved.
  const paste = (event) => {
    const files = [...event.clipboardData.files].map((file) => named(file, "pasted"));
    if (!files.length || !el.matches(":hover, :focus-within")) return;
    event.preventDefault();
    event.stopPropagation(); // or JupyterLab would paste it into a cell as well
    sendAll(files);
  };
  document.addEventListener("paste", paste, { capture: true });
  return () => document.removeEventListener("paste", paste, { capture: true });
}

export default { render };
