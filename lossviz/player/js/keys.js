// Which keys are the player's: those pressed in it, or where nothing else would want them.

const ACTIONS = {
  " ": "toggle", ArrowLeft: "back", ArrowRight: "forward", Home: "first", End: "last",
};
const SLIDER = { ArrowDown: "back", ArrowUp: "forward", PageDown: "farBack", PageUp: "farForward" };
const TYPING = "input, select, textarea, [contenteditable=''], [contenteditable='true']";
const OTHERS = `${TYPING}, a[href], button, summary, iframe, video, audio, ${[
  "slider", "tab", "combobox", "listbox", "option", "menu", "menuitem", "radio", "switch",
  "spinbutton", "dialog", "grid", "textbox", "tree",
].map((role) => `[role='${role}']`).join(", ")}`;

// `own`: the event comes from the player's slider, whose steps must be frames.
export function keyAction(event, root, own) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return null;
  const action = ACTIONS[event.key] ?? (own ? SLIDER[event.key] : undefined);
  if (!action || own) return action ?? null;
  const target = event.target instanceof Element ? event.target : document.body;
  if (!root.contains(target)) return target.closest(OTHERS) ? null : action;
  if (target.closest(TYPING)) return null;
  return event.key === " " && target.closest("button, a") ? null : action;
}
