// Enhances pages that work without it.
const root = document.documentElement;
root.classList.add("scripted");

const THEMES = ["auto", "light", "dark"];
const remember = (name, value) => {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax${secure}`;
};

// Theme: the link works by itself; here it changes without a new page.
document.getElementById("theme")?.addEventListener("click", (event) => {
  event.preventDefault();
  const next = THEMES[(THEMES.indexOf(root.dataset.theme) + 1) % THEMES.length];
  root.dataset.theme = next;
  remember(event.currentTarget.dataset.cookie, next);
});

// Where navigation scrolls sideways, the current place is in sight.
const place = document.querySelector(".account-places [aria-current]");
if (place) place.closest("nav").scrollLeft = place.offsetLeft - 16;

// Search: "/" and Ctrl+K focus it, Escape empties it when no suggestions are open.
const box = document.querySelector("[data-search]");
const isWriting = (element) => element.closest("input, textarea, select, [contenteditable]");
document.addEventListener("keydown", (event) => {
  if (!box || event.defaultPrevented) return;
  const isSlash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey;
  const isK = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
  if (root.dataset.shortcuts === "off" || !(isK || (isSlash && !isWriting(event.target)))) return;
  event.preventDefault();
  box.focus();
  box.select();
});
box?.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !box.value || box.ariaExpanded === "true") return;
  event.preventDefault();
  box.value = "";
  box.dispatchEvent(new Event("input", { bubbles: true }));
});

// Keys: "?" lists them, as does a button.
const keys = document.getElementById("keys");
document.addEventListener("keydown", (event) => {
  if (!keys || event.key !== "?" || root.dataset.shortcuts === "off" || isWriting(event.target)) return;
  event.preventDefault();
  keys.showModal();
});
for (const button of document.querySelectorAll("[data-opens]")) {
  button.hidden = false;
  button.addEventListener("click", () => document.getElementById(button.dataset.opens).showModal());
}

// Copy buttons.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  const label = button.textContent;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = button.dataset.done;
    document.getElementById("spoken").textContent = button.dataset.done;
    setTimeout(() => { button.textContent = label; }, 1600);
  });
}

// Long lists: a field that narrows them.
for (const field of document.querySelectorAll("[data-narrow]")) {
  const entries = [...document.querySelectorAll(field.dataset.narrow)];
  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLowerCase();
    for (const entry of entries) entry.hidden = !entry.textContent.toLowerCase().includes(wanted);
  });
}

// Instant results: what was folded open stays open, and focus is never lost.
const isOpen = new Map();
let focused = null;
document.addEventListener("htmx:beforeSwap", () => {
  const { name, value, type } = document.activeElement;
  focused = name && document.activeElement.closest("#found") ? { name, value, type } : null;
  for (const part of document.querySelectorAll("#found details[id]")) isOpen.set(part.id, part.open);
  isOpen.delete("sorts");
});
document.addEventListener("htmx:afterSwap", () => {
  for (const [id, open] of isOpen) {
    const part = document.getElementById(id);
    if (part) part.open = open;
  }
  if (document.activeElement !== document.body) return;
  const again = focused && [...document.getElementsByName(focused.name)].find(
    (field) => field.type === focused.type && (field.type !== "checkbox" || field.value === focused.value),
  );
  (again ?? document.getElementById("headline"))?.focus({ preventScroll: true });
});
