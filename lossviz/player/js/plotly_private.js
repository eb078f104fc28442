// Text as Plotly's markup that shows it as it is.
export function marked(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

