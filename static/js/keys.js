// Passkeys and security keys: asks the browser for one, and sends what it says with the form.
//
// A form with data-key="create" or "get" has a hidden field "credential". What is to be asked
// stands in the element that data-key-options names, or is fetched from data-key-from.

const isPossible = window.isSecureContext && window.PublicKeyCredential
  && !/^[\d.]+$|:/.test(location.hostname); // keys are made for names, not for numbers

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const withIds = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));

async function create(publicKey) {
  const made = await navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: withIds(publicKey.excludeCredentials),
      // A passkey where the device can keep one, else a second factor.
      authenticatorSelection: { residentKey: "preferred", userVerification: "preferred" },
    },
  });
  return plain(made, {
    attestationObject: text(made.response.attestationObject),
    transports: made.response.getTransports?.() ?? [],
  });
}

async function get(publicKey) {
  const found = await navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      allowCredentials: withIds(publicKey.allowCredentials),
    },
  });
  const { authenticatorData, signature, userHandle } = found.response;
  return plain(found, {
    authenticatorData: text(authenticatorData),
    signature: text(signature),
    userHandle: userHandle ? text(userHandle) : null,
  });
}

const plain = (credential, response) => ({
  id: credential.id,
  rawId: text(credential.rawId),
  type: credential.type,
  clientExtensionResults: credential.getClientExtensionResults(),
  response: { clientDataJSON: text(credential.response.clientDataJSON), ...response },
});

async function options(form) {
  const { keyFrom, keyOptions } = form.dataset;
  if (!keyFrom) return JSON.parse(document.getElementById(keyOptions).textContent);
  const answer = await fetch(keyFrom, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${keyFrom} answered ${answer.status}`);
  return answer.json();
}

async function ask(form) {
  const { request_options: known, creation_options: wanted } = await options(form);
  return wanted ? create(wanted.publicKey) : get(known.publicKey);
}

for (const form of document.querySelectorAll("form[data-key]")) {
  const failed = form.querySelector("[data-key-failed]");
  const impossible = form.querySelector("[data-key-impossible]");
  if (!isPossible) {
    if (impossible) impossible.hidden = false;
    continue;
  }
  form.querySelector("button[type=submit]").hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    failed.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify(await ask(form));
      form.submit();
    } catch {
      failed.hidden = false;
    }
  });
}
