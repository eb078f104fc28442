// Where charts stand: one large, one beside it that explains it, small pictures of others, and the
// rest below. A chart that is asked for changes places with the large one.

import { isAxis } from "./theme.js";

const SMALL = 3; // small pictures beside the large chart, at most

const WORDS = 11 / 13; // of the size that they have in the large chart

// The charts' keys by place, with the one that is asked for in front.
export function placesOf(keys, hero) {
  const order = [...keys];
  const at = Math.max(order.indexOf(hero), 0);
  [order[0], order[at]] = [order[at], order[0]];
  return order;
}

// What a place is for. Where there is room for one column, all others are small and below.
export function roleAt(place, isNarrow) {
  if (place === 0) return "hero";
  if (isNarrow) return "small";
  if (place === 1) return "companion";
  return place < 2 + SMALL ? "small" : "more";
}

// A figure's layout, dressed, in the room that a place has: beside the large chart with smaller words,
// as a small picture with none at the axes, and with few numbers.
export function fitted(layout, role) {
  if (role !== "small" && role !== "companion") return layout;
  const [isSmall, size] = [role === "small", WORDS * (layout.font?.size ?? 13)];
  const fit = { ...layout, font: { ...layout.font, size } };
  fit.margin = isSmall ? { l: 34, r: 8, t: 6, b: 22 } : { ...layout.margin, t: 8, b: 38 };
  if (isSmall) Object.assign(fit, { showlegend: false, annotations: [] });
  for (const [name, part] of Object.entries(layout)) {
    if (isAxis(name)) {
      const title = isSmall ? undefined : { ...part.title, standoff: 4, font: { ...part.title?.font, size } };
      fit[name] = { ...part, title, nticks: isSmall ? 4 : 5, tickfont: { ...part.tickfont, size } };
    }
    if (isSmall && /^coloraxis\d*$/.test(name)) fit[name] = { ...part, showscale: false };
  }
  return fit;
}
