// What the page is given at each run: it fetches the player proper, once, from the app's server.
// Streamlit's own script tells where the app's root is, also under a sub-path.
const script = document.querySelector('script[src*="static/js/"]');
const root = new URL(script ? "../../" : "/", script ? script.src : location.href);
const player = import(new URL("MODULE_URL", root));
const plotly = new URL("PLOTLY_URL", root).href;

export default function (component) {
  const place = component.parentElement;
  player.then(
    (module) => module.mount(component, plotly),
    (error) => {
      place.textContent = `The live charts could not be loaded from this app's server: ${error.message}`;
    },
  );
  return () => player.then((module) => module.unmount(place), () => {});
}
