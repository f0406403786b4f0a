// Suggestions while typing: the editable combobox of the ARIA practices, around a search box that
// works without it.
const WAIT = 150; // ms after the last key
const KEPT = 6; // searches remembered, in this browser only
const STORE = "searches";

const remembered = () => {
  try {
    const kept = JSON.parse(localStorage.getItem(STORE));
    return Array.isArray(kept) ? kept.filter((text) => typeof text === "string").slice(0, KEPT) : [];
  } catch {
    return []; // storage may be forbidden, or hold what another page wrote
  }
};

const remember = (text) => {
  const wanted = text.trim().slice(0, 200);
  if (!wanted) return;
  const others = remembered().filter((other) => other !== wanted);
  try {
    localStorage.setItem(STORE, JSON.stringify([wanted, ...others].slice(0, KEPT)));
  } catch { /* then nothing is remembered */ }
};

const forget = () => {
  try {
    localStorage.removeItem(STORE);
  } catch { /* nothing was remembered */ }
};

const enhance = (box, list) => {
  const spoken = document.getElementById("spoken");
  let timer;
  let asked;
  let active = null;

  const options = () => [...list.querySelectorAll("[role=option]")];

  const choose = (option) => {
    active?.removeAttribute("aria-selected");
    active = option ?? null;
    if (!active) return box.removeAttribute("aria-activedescendant");
    active.setAttribute("aria-selected", "true");
    box.setAttribute("aria-activedescendant", active.id);
    active.scrollIntoView({ block: "nearest" });
  };

  const close = () => {
    clearTimeout(timer);
    asked?.abort();
    choose(null);
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
  };

  const show = (content) => {
    choose(null);
    list.replaceChildren(content);
    options().forEach((option, at) => { option.id = `${list.id}-${at}`; });
    if (!options().length || document.activeElement !== box) return close();
    list.scrollTop = 0;
    list.hidden = false;
    box.setAttribute("aria-expanded", "true");
    spoken.textContent = list.querySelector("[data-spoken]")?.dataset.spoken ?? "";
  };

  const showRecent = () => {
    const texts = remembered();
    if (!texts.length) return close();
    const content = document.getElementById("recent-searches").content.cloneNode(true);
    for (const text of texts) {
      const option = document.createElement("a");
      option.setAttribute("role", "option");
      option.tabIndex = -1;
      option.href = `${box.form.action}?${new URLSearchParams({ q: text })}`;
      option.textContent = text;
      content.querySelector("[role=group]").append(option);
    }
    show(content);
  };

  const ask = async () => {
    const text = box.value.trim();
    if (!text) return showRecent();
    asked = new AbortController();
    const { signal } = asked;
    try {
      const address = `${box.dataset.suggest}?${new URLSearchParams({ q: text })}`;
      const answer = await fetch(address, { signal, headers: { Accept: "text/html" } });
      const part = answer.ok ? await answer.text() : "";
      if (!signal.aborted) show(document.createRange().createContextualFragment(part));
    } catch { /* asked anew meanwhile, or offline: the box still searches */ }
  };

  const askSoon = () => {
    clearTimeout(timer);
    asked?.abort(); // an answer to what is no longer there must not be shown
    choose(null);
    timer = setTimeout(ask, WAIT);
  };

  const move = (step) => {
    if (list.hidden) return ask();
    const all = options();
    const at = all.indexOf(active) + step;
    choose(active || step > 0 ? all[at] : all.at(-1)); // past either end the box itself is meant
  };

  const keys = {
    ArrowDown: (event) => (event.altKey && list.hidden ? ask() : move(1)),
    ArrowUp: (event) => (event.altKey ? close() : move(-1)),
    Home: () => active && choose(options()[0]),
    End: () => active && choose(options().at(-1)),
    Enter: () => active && active.click(),
    Escape: () => !list.hidden && close(),
    Tab: () => { close(); },
  };

  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const isOpen = !list.hidden;
    const isChosen = active !== null;
    keys[event.key]?.(event);
    const isOurs = { ArrowDown: true, ArrowUp: true, Escape: isOpen };
    if (isOurs[event.key] ?? (isChosen && ["Home", "End", "Enter"].includes(event.key))) {
      event.preventDefault();
    }
  });
  box.addEventListener("input", (event) => { if (!event.isComposing) askSoon(); });
  box.addEventListener("compositionend", askSoon);
  box.addEventListener("focus", () => { if (!box.value) showRecent(); });
  box.addEventListener("blur", close);
  box.form.addEventListener("submit", () => { remember(box.value); close(); });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option?.matches("[data-all]")) remember(box.value);
    if (!option?.matches("[data-forget]")) return;
    forget();
    close();
  });
  addEventListener("pageshow", close); // coming back, nothing hangs open

  box.type = "text"; // a field of type search may be no combobox
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-haspopup", "listbox");
  box.setAttribute("aria-controls", list.id);
  box.setAttribute("aria-expanded", "false");
};

const box = document.querySelector("[data-suggest]");
if (box) enhance(box, document.getElementById("suggestions"));

// On the page of results these follow every key: nothing is suggested, but searches are kept.
const results = document.querySelector("[data-search]:not([data-suggest])");
results?.addEventListener("change", () => remember(results.value));
