// Keeps parts of a page as they are on the server. Without it the page reloads itself.
const spoken = document.getElementById("spoken");
const MOST_LINES = 3000;

const say = (part, said) => {
  const now = part.querySelector("[data-say]")?.textContent.trim() ?? "";
  if (now && now !== said) spoken.textContent = now;
  return now;
};

// A part that is asked for again and again, and put in place when it has changed.
const FOCUSABLE = "a, button, summary, input, select, textarea";
const focusIn = (part) => {
  const all = [...part.querySelectorAll(FOCUSABLE)];
  return all.indexOf(document.activeElement);
};
const replace = (part, html) => {
  const holder = document.createElement("template");
  holder.innerHTML = html.trim();
  const fresh = holder.content.firstElementChild;
  if (!fresh || fresh.outerHTML === part.dataset.was) return part;
  const next = fresh.cloneNode(true);
  next.dataset.was = fresh.outerHTML;
  const focused = focusIn(part);
  const open = [...part.querySelectorAll("details")].map((each) => each.open);
  part.replaceWith(next);
  next.querySelectorAll("details").forEach((each, number) => { each.open ||= Boolean(open[number]); });
  if (focused >= 0) next.querySelectorAll(FOCUSABLE)[focused]?.focus({ preventScroll: true });
  return next;
};
// A menu that is open, or a field that somebody writes in, is not taken away.
const isHeld = (part) => part.querySelector("details.sure[open], input:focus, textarea:focus") !== null;

const keep = (part) => {
  let said = say(part, "");
  let failures = 0;
  spoken.textContent = "";
  const look = async () => {
    if (!part.isConnected) return;
    const every = Number(part.dataset.every);
    if (!part.dataset.live || !every) return;
    if (document.visibilityState === "visible" && !isHeld(part) && !part.dataset.streaming) {
      try {
        const answer = await fetch(part.dataset.live, { headers: { "X-Part": "1" }, redirect: "error" });
        if (answer.status === 404) { location.reload(); return; }
        if (answer.ok) {
          part = replace(part, await answer.text());
          said = say(part, said);
          failures = 0;
        }
      } catch {
        failures += 1;
      }
    }
    next = setTimeout(look, every * Math.min(8, 1 + failures));
  };
  let next = setTimeout(look, Number(part.dataset.every));
  document.addEventListener("over", () => { clearTimeout(next); look(); });
};
for (const part of document.querySelectorAll("[data-live]")) keep(part);

// A log that grows. Who reads further up is not pulled down.
const follow = (log) => {
  const mark = document.querySelector("[data-live-mark]");
  const stream = new EventSource(log.dataset.follow);
  log.scrollTop = log.scrollHeight;
  stream.addEventListener("open", () => { if (mark) mark.hidden = false; });
  stream.addEventListener("error", () => { if (mark) mark.hidden = true; });
  stream.addEventListener("line", (event) => {
    const said = JSON.parse(event.data);
    const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    const line = document.createElement("p");
    const time = document.createElement("time");
    const text = document.createElement("span");
    line.className = said.stream;
    time.textContent = said.at;
    text.textContent = said.text;
    line.append(time, text);
    log.append(line);
    document.querySelector("[data-until-lines]")?.remove();
    while (log.childElementCount > MOST_LINES) log.firstElementChild.remove();
    if (isAtEnd) log.scrollTop = log.scrollHeight;
  });
};
for (const log of document.querySelectorAll("[data-follow]")) follow(log);
for (const log of document.querySelectorAll(".log:not([data-follow])")) log.scrollTop = log.scrollHeight;

// A model's words as they come; what they make together is asked for at the end. The part may be
// replaced meanwhile, so it is looked for each time.
const listen = (id, address) => {
  const stream = new EventSource(address);
  let text = null;
  const output = () => {
    const part = document.getElementById(id);
    if (!text?.isConnected) {
      const piece = document.createElement("p");
      piece.className = "said growing";
      text = document.createTextNode(text?.data ?? "");
      piece.append(text);
      part.querySelector("[data-output]").replaceChildren(piece);
      part.dataset.streaming = "1";
    }
    return text;
  };
  const end = () => {
    stream.close();
    delete document.getElementById(id).dataset.streaming;
    document.dispatchEvent(new Event("over"));
  };
  stream.addEventListener("output", (event) => { output().data += event.data; });
  stream.addEventListener("done", end);
  stream.addEventListener("error", () => { if (stream.readyState === EventSource.CLOSED) end(); });
};
for (const part of document.querySelectorAll("[data-stream]")) listen(part.id, part.dataset.stream);

// A form that says what its wishes would cost says it anew at each change.
for (const form of document.querySelectorAll("[data-looks-ahead]")) {
  let waiting = 0;
  let asked = 0;
  const reckon = async () => {
    const mine = ++asked;
    const wishes = new FormData(form);
    wishes.set("look", "1");
    const answer = await fetch(location.href, { method: "POST", body: new URLSearchParams(wishes) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector(".ahead");
    if (mine === asked && fresh) form.querySelector(".ahead").replaceWith(fresh);
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => reckon().catch(() => {}), 250);
  });
  form.querySelector("[name=look]").hidden = true;
}

// Ctrl+Enter runs, from any field.
document.getElementById("input")?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
});
