// The first rows of a file as they are written, and above each column what it is taken for, which
// can be changed. What the file holds is text, whatever signs are in it.
const KINDS = { number: "Number", category: "Categories", out: "Left out" };
const seen = new WeakMap();

function cell(tag, words, className = "") {
  const made = document.createElement(tag);
  made.textContent = words;
  made.className = className;
  return made;
}

function head(column, number, choose) {
  const place = cell("th", "");
  place.scope = "col";
  const select = document.createElement("select");
  select.dataset.column = number;
  select.setAttribute("aria-label", `${column.name} is taken for`);
  const kinds = column.kind in KINDS ? KINDS : { "": `Not used: ${column.kind}`, ...KINDS };
  for (const [kind, words] of Object.entries(kinds)) {
    const option = cell("option", words);
    option.value = kind;
    option.disabled = kind === "";
    select.append(option);
  }
  select.value = column.kind in KINDS ? column.kind : "";
  select.addEventListener("change", () => choose({ column: column.name, kind: select.value }));
  place.append(cell("div", column.name, "lossviz-column"), select, cell("div", column.why));
  return place;
}

function draw(place, data, choose) {
  const table = document.createElement("table");
  table.append(cell("caption", data.caption));
  const heads = table.createTHead().insertRow();
  data.columns.forEach((column, number) => heads.append(head(column, number, choose)));
  const body = table.createTBody();
  for (let row = 0; row < data.rows; row += 1) {
    const line = body.insertRow();
    for (const column of data.columns) {
      line.append(cell("td", column.cells[row], column.kind === "number" ? "lossviz-number" : ""));
    }
  }
  const box = document.createElement("div");
  box.className = "lossviz-preview";
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", data.caption);
  box.append(table);
  const { box: before } = seen.get(place) ?? {};
  const focused = before?.contains(document.activeElement)
    ? document.activeElement.dataset.column
    : undefined;
  before?.remove(); // alone: the styles stand beside it
  place.append(box);
  box.scrollLeft = before?.scrollWas ?? 0;
  box.addEventListener("scroll", () => { box.scrollWas = box.scrollLeft; });
  box.scrollWas = box.scrollLeft;
  if (focused !== undefined) box.querySelector(`select[data-column="${focused}"]`)?.focus();
  return box;
}

export default function (component) {
  const { parentElement: place, data, setTriggerValue } = component;
  const words = JSON.stringify(data);
  if (seen.get(place)?.words === words) return;
  const box = draw(place, data, (choice) => setTriggerValue("kind", choice));
  seen.set(place, { words, box });
}
