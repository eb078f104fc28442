// Charts that stand still: the player's, with nothing to play. It shows no controls, takes no keys
// and leaves the address bar alone.

import { createStage, mounting } from "./stage.js";

export const { mount, unmount } = mounting((place, plotlyUrl) => {
  let first = true;
  const stage = createStage(place, plotlyUrl, {
    apply(data) {
      stage.show(data, first);
      first = false;
    },
    attach(chart) {
      chart.keepsRanges = true;
    },
    frame: () => 0,
    stop() {},
  });
  return { receive: ({ data }) => stage.receive(data), remove: stage.remove };
});
