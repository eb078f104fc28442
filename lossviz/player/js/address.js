// The step in the address bar, for links and the browser's Back; all else in it is the page's.

import { h } from "./dom.js";

// `changed` is called when somebody else wrote the address, `back` when the browser went back or on.
// On other pages of the app the address is not the player's.
export function createAddress(root, { back, changed }) {
  const path = location.pathname;
  const isHere = () => location.pathname === path;
  const onBack = () => isHere() && back();
  window.addEventListener("popstate", onBack);
  window.navigation?.addEventListener?.("currententrychange", changed);

  return {
    // The step under a key; null where there is none.
    read: (key) => stepIn(location.search, key),
    // The word under a key; "" where there is none.
    readWord: (key) => new URLSearchParams(location.search).get(key) ?? "",
    // Writes a step or a word under a key; null takes it out.
    write(key, step) {
      const search = withStep(location.search, key, step);
      if (!isHere() || search === location.search) return;
      history.replaceState(history.state, "", `${location.pathname}${search}${location.hash}`);
    },
    // Resolves once the address is in the clipboard.
    async copy() {
      if (navigator.clipboard) return navigator.clipboard.writeText(location.href);
      // A page served without TLS to another machine has no clipboard of its own.
      const field = root.appendChild(h("textarea", { readonly: true }));
      field.value = location.href;
      field.select();
      const copied = document.execCommand("copy");
      field.remove();
      if (!copied) throw new Error("The browser did not let the link be copied; it is in the address bar.");
      return undefined;
    },
    remove() {
      window.removeEventListener("popstate", onBack);
      window.navigation?.removeEventListener?.("currententrychange", changed);
    },
  };
}

// The address with the step in it, or without for null; other keys keep their places.
export function withStep(search, key, step) {
  const parts = search.replace(/^\?/, "").split("&").filter(Boolean);
  const mine = (part) => part.split("=")[0] === key;
  const entry = step === null ? [] : [`${key}=${step}`];
  const at = parts.findIndex(mine);
  const others = parts.filter((part) => !mine(part));
  others.splice(at < 0 ? others.length : at, 0, ...entry);
  return others.length ? `?${others.join("&")}` : "";
}

export function stepIn(search, key) {
  const value = new URLSearchParams(search).get(key);
  return value !== null && /^\d+$/.test(value) ? Number(value) : null;
}
