import { mount } from "lossviz/player.js";

const place = document.getElementById("player");
const text = document.getElementById("payload").textContent.trim();
const data = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
// Plotly is here already, and no server listens to actions.
mount({ parentElement: place, data, setTriggerValue() {} }, "");
// The address of a file on this machine is no link to send to others.
for (const button of place.querySelectorAll("button")) {
  if (button.textContent === "Copy link") button.hidden = true;
}
