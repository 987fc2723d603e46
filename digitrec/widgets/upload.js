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

function render({ model, el }) {
  const zone = document.createElement("label");
  zone.className = "drop";
  const title = document.createElement("span");
  title.textContent = "Choose pictures, or drop them here";
  const hint = document.createElement("span");
  hint.className = "note";
  hint.textContent = model.get("hint");
  const input = document.createElement("input");
  Object.assign(input, { type: "file", multiple: true, accept: "image/*" });
  zone.append(input, title, hint);
  el.append(zone);

  const sendAll = async (files) => {
    for (const file of files) await send(model, file);
  };
  input.addEventListener("change", async () => {
    await sendAll([...input.files]);
    input.value = ""; // or choosing the same file again would be no change
  });
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
}

export default { render };
