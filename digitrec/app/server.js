// Asks the server, says so while it is out of reach, and tells when it is back.

const AGAIN = 1000; // milliseconds between two tries
const OUT_OF_REACH =
  "The server is out of reach. What you draw stays here, and is read when it is back.";

/** The server is out of reach, or has too much to do: the same may work later. */
export class LaterError extends Error {}

let back = null; // a promise, while the server is out of reach

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Ask the server.
 *
 * @param path Its address there.
 * @param body What to send, a Blob or an object that becomes JSON; nothing asks for what is there.
 * @returns The answer, parsed.
 * @throws LaterError, or an Error whose message is a sentence.
 */
export async function ask(path, body) {
  let response;
  try {
    response = await fetch(path, body && { method: "POST", ...contentOf(body) });
  } catch {
    return outOfReach();
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  if (response.status === 503) await pause(AGAIN);
  const sentence = answer.error ?? `the server answered ${response.status}`;
  throw new (response.status === 503 ? LaterError : Error)(sentence);
}

const contentOf = (body) =>
  body instanceof Blob
    ? { body }
    : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };

async function outOfReach() {
  back ??= untilBack();
  await back;
  throw new LaterError(OUT_OF_REACH);
}

async function untilBack() {
  const place = document.querySelector("#trouble");
  place.textContent = OUT_OF_REACH;
  for (let isBack = false; !isBack; ) {
    await pause(AGAIN);
    isBack = await fetch("/api/health").then(() => true, () => false);
  }
  place.textContent = "";
  back = null;
}

/** Ask until there is an answer: again when the server is back, or has less to do. */
export async function askUntilAnswered(path, body) {
  for (;;) {
    try {
      return await ask(path, body);
    } catch (error) {
      if (!(error instanceof LaterError)) throw error;
    }
  }
}
