// As much of a page as the player's modules ask for: elements, text and what is heard.
// Import it before them.

class Node {
  parentElement = null;

  remove() {
    const siblings = this.parentElement?.childNodes;
    if (siblings) siblings.splice(siblings.indexOf(this), 1);
    this.parentElement = null;
  }
}

class Text extends Node {
  constructor(data) {
    super();
    this.data = data;
  }

  get textContent() {
    return this.data;
  }
}

// What several kinds of targets do; `emit` is the test's.
const heard = () => {
  const listeners = [];
  function removeEventListener(type, act) {
    const at = listeners.findIndex(([name, own]) => name === type && own === act);
    if (at >= 0) listeners.splice(at, 1);
  }
  return {
    addEventListener(type, act, options) {
      listeners.push([type, act]);
      options?.signal?.addEventListener("abort", () => removeEventListener(type, act));
    },
    removeEventListener,
    emit(type, event = {}) {
      for (const [name, act] of [...listeners]) if (name === type) act(event);
    },
  };
};

export class Element extends Node {
  childNodes = [];
  attributes = {};
  dataset = {};
  style = { setProperty(name, value) { this[name] = String(value); } };
  writes = 0; // of attributes and text
  box = { left: 0, top: 0, width: 0, height: 0 };

  constructor(tag) {
    super();
    this.tag = tag;
    Object.assign(this, heard());
  }

  getAttribute(name) {
    return this.attributes[name] ?? null;
  }

  setAttribute(name, value) {
    this.writes++;
    this.attributes[name] = String(value);
  }

  get hidden() {
    return "hidden" in this.attributes;
  }

  set hidden(on) {
    if (on) this.attributes.hidden = "";
    else delete this.attributes.hidden;
  }

  append(...nodes) {
    for (const node of nodes) {
      const child = node instanceof Node ? node : new Text(String(node));
      child.remove();
      child.parentElement = this;
      this.childNodes.push(child);
    }
  }

  insertBefore(node, next) {
    node.remove();
    node.parentElement = this;
    this.childNodes.splice(next ? this.childNodes.indexOf(next) : this.childNodes.length, 0, node);
  }

  replaceChildren(...nodes) {
    for (const node of [...this.childNodes]) node.remove();
    this.append(...nodes);
  }

  replaceChild(node, old) {
    this.replaceChildren(...this.childNodes.map((child) => (child === old ? node : child)));
  }

  get children() {
    return this.childNodes.filter((node) => node instanceof Element);
  }

  get childElementCount() {
    return this.children.length;
  }

  get firstChild() {
    return this.childNodes[0] ?? null;
  }

  get lastChild() {
    return this.childNodes.at(-1) ?? null;
  }

  get textContent() {
    return this.childNodes.map((node) => node.textContent).join("");
  }

  set textContent(text) {
    this.writes++;
    this.replaceChildren(text);
  }

  contains(node) {
    for (let at = node; at; at = at.parentElement) if (at === this) return true;
    return false;
  }

  // Of selectors: tag, [name] and [name='value'], joined and in lists.
  matches(selectors) {
    return selectors.split(",").some((selector) => {
      const [, tag, rest] = /^([\w-]*)(.*)$/.exec(selector.trim());
      const wanted = [...rest.matchAll(/\[([\w-]+)(?:='([^']*)')?\]/g)];
      if (wanted.map(([text]) => text).join("") !== rest) return false; // a class: none here
      return (!tag || tag === this.tag) && wanted.every(([, name, value]) =>
        name in this.attributes && (value === undefined || this.attributes[name] === value));
    });
  }

  closest(selectors) {
    for (let at = this; at; at = at.parentElement) if (at.matches(selectors)) return at;
    return null;
  }

  setPointerCapture() {}

  getBoundingClientRect() {
    return this.box;
  }

  // All elements of a kind within, in the page's order.
  all(tag) {
    return this.children.flatMap((node) => [...(node.tag === tag ? [node] : []), ...node.all(tag)]);
  }
}

// <tag ...attributes> in a parent.
export function place(tag, attributes = {}, parent = document.body) {
  const node = new Element(tag);
  Object.assign(node.attributes, attributes);
  parent.append(node);
  return node;
}

Object.assign(globalThis, {
  Element,
  window: heard(),
  document: {
    ...heard(),
    body: new Element("body"),
    createElement: (tag) => new Element(tag),
    createElementNS: (space, tag) => new Element(tag),
  },
});
